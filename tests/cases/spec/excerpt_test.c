/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/excerpt.h"

#include "tests/cases/lines.h"

#include <math.h>

/* linear with N=3, D=2, M=4 of which two rows of N and three of M are kept. */
#define LINE                                                                                       \
    "linear dtype=f32 N=3 D=2 M=4 x=[1,2,3,4,5,6] w=[1,2,3,4,5,6,7,8] "                            \
    "dy=[1,2,3,4,5,6,7,8,9,10,11,12]"
enum { N, D, M };

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_excerpt e;
};

static void start(struct scene *s, const char *line)
{
    struct vjp_error error;
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_excerpt_init(&s->e, &s->c, &error), VJP_OK);
}

static void start_linear(struct scene *s)
{
    start(s, LINE);
    vjp_excerpt_keep(&s->e, &s->c, N, 2, (const int64_t[]){0, 2});
    vjp_excerpt_keep(&s->e, &s->c, M, 3, (const int64_t[]){0, 1, 3});
}

static void end(struct scene *s)
{
    vjp_excerpt_clear(&s->e);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static void expect_values(const struct vjp_tensor *tensor, const double *values, int count)
{
    cr_assert_eq(tensor->count, count);
    for (int i = 0; i < count; i++)
        cr_expect_eq(vjp_bits_to_double(tensor->dtype, vjp_tensor_get(tensor, i)), values[i],
                     "element %d", i);
}

/* A tensor is cut along the dimensions that it has. */
Test(excerpt, cuts_every_operand)
{
    static const double x[] = {1, 2, 5, 6}, w[] = {1, 2, 4, 5, 6, 8}, dy[] = {1, 2, 4, 9, 10, 12};
    struct scene s;
    struct vjp_data part = {0};
    struct vjp_error error;
    start_linear(&s);
    cr_expect(vjp_excerpt_fits(&s.e, &s.c));
    cr_expect(s.e.c.dim[N] == 2 && s.e.c.dim[D] == 2 && s.e.c.dim[M] == 3);
    cr_assert_eq(vjp_excerpt_cut_data(&s.e, &s.c, &s.data, &part, &error), VJP_OK);
    expect_values(&part.slot[X], x, 4);
    expect_values(&part.slot[W], w, 6);
    expect_values(&part.slot[DY], dy, 6);
    cr_expect_null(part.slot[DX].data);
    vjp_data_clear(&part);
    end(&s);
}

/* Also where only one of two coordinates was cut off. */
Test(excerpt, silences_what_is_cut_off)
{
    static const double dy[] = {1, 2, 0, 4, 0, 0, 0, 0, 9, 10, 0, 12};
    struct scene s;
    start_linear(&s);
    vjp_excerpt_silence(&s.e, &s.c, DY, &s.data.slot[DY]);
    expect_values(&s.data.slot[DY], dy, 12);
    end(&s);
}

static void set(struct vjp_tensor *t, int64_t i, double value)
{
    vjp_tensor_set(t, i, vjp_bits_from_double(t->dtype, value));
}

Test(excerpt, finds_what_is_not_zero_elsewhere)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {3, 2}};
    struct vjp_tensor dx, before;
    struct vjp_error error;
    struct scene s;
    start_linear(&s);
    cr_assert_eq(vjp_tensor_init(&dx, VJP_F32, &shape, &error), VJP_OK);
    cr_assert_eq(vjp_tensor_init(&before, VJP_F32, &shape, &error), VJP_OK);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, NULL), -1);
    set(&dx, 1, 7);
    set(&dx, 4, NAN);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, NULL), -1, "rows 0 and 2 are kept");
    set(&dx, 3, -0.0);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, NULL), -1);
    set(&before, 2, 5);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, &before), 2, "5 was there");
    set(&dx, 2, 5);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, &before), -1);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, NULL), 2);
    set(&dx, 2, NAN);
    cr_expect_eq(vjp_excerpt_find_stray(&s.e, &s.c, DX, &dx, NULL), 2);
    vjp_tensor_clear(&dx);
    vjp_tensor_clear(&before);
    end(&s);
}

Test(excerpt, keeps_the_rows_of_an_element)
{
    char text[100];
    struct scene s;
    start_linear(&s);
    vjp_excerpt_keep_element(&s.e, &s.c, DY, 6); /* dy[1,2] */
    cr_expect_str_eq(vjp_excerpt_text(&s.e, text, sizeof text),
                     "N = 0, 1 and 2, M = 0, 1, 2 and 3");
    cr_expect(s.e.c.dim[N] == 3 && s.e.c.dim[M] == 4);
    cr_expect(vjp_excerpt_fits(&s.e, &s.c));
    vjp_excerpt_keep_element(&s.e, &s.c, DX, 5);
    cr_expect_str_eq(vjp_excerpt_text(&s.e, text, sizeof text),
                     "N = 0, 1 and 2, M = 0, 1, 2 and 3");
    end(&s);
}

/* There is no room for a 65th row: one is let go, and the element's is there. */
Test(excerpt, where_there_is_no_room_the_element_has_it)
{
    int64_t at[VJP_EXCERPT_MAX];
    struct scene s;
    start(&s, "relu dtype=f32 rank=1 N=200");
    for (int i = 0; i < VJP_EXCERPT_MAX; i++)
        at[i] = 2 * i;
    vjp_excerpt_keep(&s.e, &s.c, 0, VJP_EXCERPT_MAX, at);
    vjp_excerpt_keep_element(&s.e, &s.c, vjp_slot_gradient(s.c.spec, 0), 151);
    cr_expect_eq(s.e.count[0], VJP_EXCERPT_MAX);
    cr_expect_eq(s.e.at[0][VJP_EXCERPT_MAX - 1], 151);
    vjp_excerpt_keep_element(&s.e, &s.c, vjp_slot_gradient(s.c.spec, 0), 3);
    cr_expect_eq(s.e.at[0][2], 3);
    for (int i = 1; i < VJP_EXCERPT_MAX; i++)
        cr_expect_lt(s.e.at[0][i - 1], s.e.at[0][i]);
    end(&s);
}

/* Saved values of rows that nobody looks at are those of one that somebody does. */
Test(excerpt, spreads_saved_values)
{
    static const double kept[] = {7, 9}, all[] = {7, 7, 7, 9};
    const struct vjp_shape shape = {.rank = 1, .dim = {2}};
    struct vjp_tensor part, whole;
    struct vjp_error error;
    struct scene s;
    start(&s, "rmsnorm dtype=f32 N=4 D=2");
    const int rstd = vjp_saved_find(s.c.spec, "rstd");
    cr_assert_geq(rstd, 0);
    vjp_excerpt_keep(&s.e, &s.c, 0, 2, (const int64_t[]){1, 3});
    cr_assert_eq(vjp_tensor_init(&part, VJP_F32, &shape, &error), VJP_OK);
    set(&part, 0, kept[0]);
    set(&part, 1, kept[1]);
    cr_assert_eq(vjp_excerpt_spread(&s.e, &s.c, rstd, &part, &whole, &error), VJP_OK);
    expect_values(&whole, all, 4);
    vjp_tensor_clear(&part);
    vjp_tensor_clear(&whole);
    end(&s);
}

/* An output whose height follows from that of the input is no cut of the larger one. */
Test(excerpt, a_size_that_follows_from_a_cut_one_does_not_fit)
{
    struct scene s;
    start(&s, "maxpool2d dtype=f32 N=1 C=1 H=6 W=6 kernel=2");
    const int h = vjp_dim_find(s.c.spec, "H");
    vjp_excerpt_keep(&s.e, &s.c, h, 2, (const int64_t[]){1, 5});
    cr_expect_not(vjp_excerpt_fits(&s.e, &s.c));
    vjp_excerpt_keep(&s.e, &s.c, h, 0, NULL);
    cr_expect_eq(s.e.c.dim[h], 6);
    cr_expect(vjp_excerpt_fits(&s.e, &s.c));
    end(&s);
}

Test(excerpt, of_many_coordinates_some_are_told)
{
    char text[100];
    struct scene s;
    start(&s, "relu dtype=f32 rank=1 N=200");
    vjp_excerpt_keep(&s.e, &s.c, 0, 1, (const int64_t[]){7});
    cr_expect_str_eq(vjp_excerpt_text(&s.e, text, sizeof text), "N = 7");
    vjp_excerpt_keep(&s.e, &s.c, 0, 5, (const int64_t[]){1, 2, 3, 4, 199});
    cr_expect_str_eq(vjp_excerpt_text(&s.e, text, sizeof text), "N = 1, 2, 3, ... 199 (5 of them)");
    cr_expect_str_eq(vjp_excerpt_text(&s.e, text, 8), "N = 1, ");
    end(&s);
}
