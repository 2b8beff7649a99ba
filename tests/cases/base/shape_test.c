/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/shape.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(shape, the_count_is_the_product_of_the_dimensions)
{
    static const struct {
        struct vjp_shape shape;
        int64_t count;
    } known[] = {
        {{.rank = 0}, 1},
        {{.rank = 1, .dim = {7}}, 7},
        {{.rank = 3, .dim = {2, 3, 5}}, 30},
        {{.rank = 2, .dim = {0, 5}}, 0},
        {{.rank = 3, .dim = {INT64_MAX, INT64_MAX, 0}}, 0},
        {{.rank = 2, .dim = {INT64_MAX, 1}}, INT64_MAX},
        {{.rank = 2, .dim = {INT64_C(1) << 31, (INT64_C(1) << 32) - 1}},
         INT64_MAX - (INT64_C(1) << 31) + 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t count = -1;
        cr_expect_eq(vjp_shape_count(&known[i].shape, &count, NULL), VJP_OK);
        cr_expect_eq(count, known[i].count);
    }
}

Test(shape, a_negative_dimension_and_an_overflow_are_refused)
{
    static const struct {
        struct vjp_shape shape;
        enum vjp_status status;
        const char *said;
    } refused[] = {
        {{.rank = 2, .dim = {3, -2}}, VJP_ERR_USAGE, "dimension 1 is -2"},
        /* Not hidden by a 0, nor by another negative one. */
        {{.rank = 2, .dim = {0, -2}}, VJP_ERR_USAGE, "dimension 1 is -2"},
        {{.rank = 2, .dim = {-3, -2}}, VJP_ERR_USAGE, "dimension 0 is -3"},
        {{.rank = 2, .dim = {INT64_C(1) << 32, INT64_C(1) << 31}}, VJP_ERR_LIMIT, "dimension 1"},
        {{.rank = 3, .dim = {INT64_C(1) << 32, INT64_C(1) << 32, 2}}, VJP_ERR_LIMIT, "dimension 1"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int64_t count = 42;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_shape_count(&refused[i].shape, &count, &error), refused[i].status);
        cr_expect_eq(count, 42);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s", error.text);
    }
}

Test(shape, equal_means_rank_and_dimensions)
{
    const struct vjp_shape a = {.rank = 2, .dim = {2, 3, 4}};
    const struct vjp_shape same = {.rank = 2, .dim = {2, 3, 5}}; /* beyond the rank: nothing */
    const struct vjp_shape longer = {.rank = 3, .dim = {2, 3, 4}};
    const struct vjp_shape first = {.rank = 2, .dim = {1, 3}};
    const struct vjp_shape last = {.rank = 2, .dim = {2, 1}};
    cr_expect(vjp_shape_is_equal(&a, &same));
    cr_expect_not(vjp_shape_is_equal(&a, &longer));
    cr_expect_not(vjp_shape_is_equal(&longer, &a));
    cr_expect_not(vjp_shape_is_equal(&a, &first));
    cr_expect_not(vjp_shape_is_equal(&a, &last));
}

Test(shape, concat_appends_the_second_shape)
{
    const struct vjp_shape a = {.rank = 2, .dim = {2, 3}};
    const struct vjp_shape b = {.rank = 1, .dim = {5}};
    const struct vjp_shape want = {.rank = 3, .dim = {2, 3, 5}};
    const struct vjp_shape twice = {.rank = 4, .dim = {2, 3, 2, 3}};
    const struct vjp_shape scalar = {.rank = 0};
    struct vjp_shape out;
    cr_assert_eq(vjp_shape_concat(&a, &b, &out, NULL), VJP_OK);
    cr_expect(vjp_shape_is_equal(&out, &want));
    cr_assert_eq(vjp_shape_concat(&scalar, &a, &out, NULL), VJP_OK);
    cr_expect(vjp_shape_is_equal(&out, &a));
    out = a;
    cr_assert_eq(vjp_shape_concat(&out, &out, &out, NULL), VJP_OK);
    cr_expect(vjp_shape_is_equal(&out, &twice), "the output may be an operand");
}

Test(shape, concat_goes_to_the_limit_of_the_rank_and_not_past_it)
{
    struct vjp_shape a = {.rank = VJP_RANK_MAX - 1};
    const struct vjp_shape b = {.rank = 1, .dim = {9}};
    struct vjp_shape out = {.rank = -1};
    cr_assert_eq(vjp_shape_concat(&a, &b, &out, NULL), VJP_OK);
    cr_expect_eq(out.rank, VJP_RANK_MAX);
    cr_expect_eq(out.dim[VJP_RANK_MAX - 1], 9);
    a.rank = VJP_RANK_MAX;
    out.rank = -1;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_shape_concat(&a, &b, &out, &error), VJP_ERR_LIMIT);
    cr_expect_eq(out.rank, -1);
    cr_expect_str_eq(error.text, "rank 32 + 1 exceeds the limit of 32");
}

Test(shape, texts_are_as_documented)
{
    const struct vjp_shape scalar = {.rank = 0};
    const struct vjp_shape vector = {.rank = 1, .dim = {7}};
    const struct vjp_shape cube = {.rank = 3, .dim = {2, 3, 4}};
    char text[64];
    cr_expect_str_eq(vjp_shape_text(&scalar, text, sizeof text), "scalar");
    cr_expect_str_eq(vjp_shape_text(&vector, text, sizeof text), "7");
    cr_expect_str_eq(vjp_shape_text(&cube, text, sizeof text), "2x3x4");
    cr_expect_str_eq(vjp_shape_index_text(&scalar, 0, text, sizeof text), "[]");
    cr_expect_str_eq(vjp_shape_index_text(&vector, 6, text, sizeof text), "[6]");
}

Test(shape, the_index_counts_in_row_major_order)
{
    const struct vjp_shape shape = {.rank = 3, .dim = {2, 3, 4}};
    int64_t i = 0;
    for (int a = 0; a < 2; a++) {
        for (int b = 0; b < 3; b++) {
            for (int c = 0; c < 4; c++) {
                char text[64];
                char want[64];
                snprintf(want, sizeof want, "[%d,%d,%d]", a, b, c);
                cr_expect_str_eq(vjp_shape_index_text(&shape, i++, text, sizeof text), want);
            }
        }
    }
}

/* Every size from 1 on: the text is the start of the whole one, and nothing is written past it. */
static void expect_cut(char *(*write)(const struct vjp_shape *, char *, int),
                       const struct vjp_shape *shape)
{
    char whole[128];
    write(shape, whole, sizeof whole);
    for (int size = 1; size <= (int)strlen(whole) + 1; size++) {
        char text[128];
        memset(text, 'g', sizeof text);
        write(shape, text, size);
        cr_expect_eq(strnlen(text, (size_t)size), (size_t)size - 1);
        cr_expect_eq(strncmp(text, whole, (size_t)size - 1), 0);
        for (size_t i = (size_t)size; i < sizeof text; i++)
            cr_assert_eq(text[i], 'g', "size %d: byte %zu written", size, i);
    }
}

static char *write_last_index(const struct vjp_shape *shape, char *text, int size)
{
    int64_t count;
    cr_assert_eq(vjp_shape_count(shape, &count, NULL), VJP_OK);
    return vjp_shape_index_text(shape, count - 1, text, size);
}

Test(shape, texts_are_cut_at_the_size_and_not_past_it)
{
    const struct vjp_shape shapes[] = {{.rank = 0}, {.rank = 4, .dim = {10, 200, 30, 4000}}};
    for (int i = 0; i < 2; i++) {
        expect_cut(vjp_shape_text, &shapes[i]);
        expect_cut(write_last_index, &shapes[i]);
    }
}
