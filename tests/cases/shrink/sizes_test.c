/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/sizes.h"

#include "tests/cases/shrink/asking.h"

static bool cheap(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_sizes_shrink(ask, best, false);
}

static bool thorough(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_sizes_shrink(ask, best, true);
}

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        const int64_t N = c->dim[0], D = c->dim[1], M = c->dim[2];                                 \
        return (void)N, (void)D, (void)M, (condition);                                             \
    }

RULE(at_least, N >= 5 && D >= 33 && M >= 1000)
RULE(multiple, M > 0 && M % 24 == 0)
RULE(alike, N == D && D == M && M >= 3)
RULE(two_alike, N == M && M >= 3)
RULE(three_alike, N == D && D == M && M >= 3 && c->dim[3] <= 7)
RULE(near, D == M + 2 && M >= 3)

Test(sizes, halves_find_thresholds)
{
    expect_part(cheap, always, "linear dtype=f32 N=9 D=9 M=9 x=const w=const dy=const",
                "linear dtype=f32 N=0 D=0 M=0 x=const w=const dy=const");
    expect_part(cheap, never, "linear dtype=f32 N=9 D=8 M=7 x=const w=const dy=const",
                "linear dtype=f32 N=9 D=8 M=7 x=const w=const dy=const");
    expect_part(cheap, at_least, "linear dtype=f32 N=17 D=99 M=1234 x=const w=const dy=const",
                "linear dtype=f32 N=5 D=33 M=1000 x=const w=const dy=const");
}

/* 120 less a half, a quarter, ... is no multiple of 24 but 60 less ...: 24 is found among all up to 40. */
Test(sizes, thorough_finds_what_halves_miss)
{
    expect_part(thorough, multiple, "linear dtype=f32 N=0 D=0 M=120 x=const w=const dy=const",
                "linear dtype=f32 N=0 D=0 M=24 x=const w=const dy=const");
    expect_part(thorough, two_alike, "linear dtype=f32 N=20 D=0 M=20 x=const w=const dy=const",
                "linear dtype=f32 N=3 D=0 M=3 x=const w=const dy=const");
    expect_part(thorough, near, "linear dtype=f32 N=0 D=19 M=17 x=const w=const dy=const",
                "linear dtype=f32 N=0 D=5 M=3 x=const w=const dy=const");
}

Test(sizes, equal_dimensions_go_together)
{
    expect_part(cheap, alike, "linear dtype=f32 N=20 D=20 M=20 x=const w=const dy=const",
                "linear dtype=f32 N=3 D=3 M=3 x=const w=const dy=const");
    expect_part(cheap, three_alike,
                "batchnorm dtype=f32 N=20 C=20 H=20 W=7 x=const w=const b=const dy=const",
                "batchnorm dtype=f32 N=3 C=3 H=3 W=0 x=const w=const b=const dy=const");
}

static void expect_fit(const char *line, const char *dim, int64_t size, bool nearest,
                       const char *expected)
{
    struct vjp_case c = parse_case(line);
    const int d = vjp_dim_find(c.spec, dim);
    int64_t fitted[VJP_MAX_DIMS];
    memcpy(fitted, c.dim, sizeof fitted);
    fitted[d] = size;
    const bool fits = vjp_sizes_fit(&c, fitted, UINT32_C(1) << d, nearest);
    cr_expect_eq(fits, expected != NULL, "%s %s=%d", line, dim, (int)size);
    if (fits) {
        struct vjp_text text = {0};
        memcpy(c.dim, fitted, sizeof fitted);
        for (int i = 0; i < c.spec->n_dims; i++)
            vjp_text_add(&text, "%s%d", i > 0 ? " " : "", (int)c.dim[i]);
        cr_expect_str_eq(text.data, expected);
        cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
        vjp_text_clear(&text);
    }
    vjp_case_clear(&c);
}

/* N C H W K R S. Both sides of a filter may have to follow an image, here by way of a padding that goes. */
Test(sizes, a_check_is_satisfied_by_lowering_others)
{
    static const char conv[] = "conv2d dtype=f32 N=2 C=4 H=9 W=8 K=6 R=5 S=4 groups=2";
    expect_fit(conv, "H", 3, true, "2 4 3 8 6 3 4");
    expect_fit(conv, "H", 3, false, "2 4 3 8 6 1 4");
    expect_fit(conv, "H", 7, true, "2 4 7 8 6 5 4");
    expect_fit(conv, "H", 0, true, NULL);
    expect_fit(conv, "C", 3, true, NULL);
    expect_fit("attention dtype=f32 causal=1 B=1 H=1 T=5 S=5 D=2 E=2", "S", 3, true, "1 1 3 3 2 2");
    expect_fit("rope dtype=f32 N=2 H=2 D=4", "D", 3, true, NULL);
    expect_fit("linear | rope dtype=f32 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6", "1.N", 3, true,
               "3 5 10 5 1 6");
    expect_fit("linear | rope dtype=f32 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6", "1.N", 0, true,
               "0 5 10 0 2 6");
    /* 42 elements: none of 5, 2 and 6 alone makes 60 that. */
    expect_fit("linear | rope dtype=f32 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6", "1.M", 7, true,
               "6 5 7 7 1 6");
}

/* Without its padding the image of 1 x 1 is too small for the filter in both directions. */
Test(sizes, a_check_is_satisfied_by_raising_others)
{
    struct vjp_case c = parse_case("conv2d dtype=f32 N=2 C=4 H=1 W=1 K=6 R=3 S=2 padding=1");
    int64_t dim[VJP_MAX_DIMS];
    c.attr[vjp_attr_find(c.spec, "padding")] = 0;
    memcpy(dim, c.dim, sizeof dim);
    cr_expect(vjp_sizes_raise(&c, dim));
    const int64_t expected[] = {2, 4, 3, 2, 6, 3, 2};
    cr_expect_arr_eq(dim, expected, sizeof expected);
    memcpy(dim, c.dim, sizeof dim);
    dim[vjp_dim_find(c.spec, "R")] = 40;
    cr_expect_not(vjp_sizes_raise(&c, dim), "too far");
    vjp_case_clear(&c);
}

static bool low_number(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    bool found = false;
    for (int64_t i = 0; i < data->slot[X].count; i++)
        found |= element(data, X, i) < -0.5;
    return found;
}

/* A third of all numbers are that low: the first of a small seed, but not that of seed 0. */
static void expect_reseeded(const char *line, int64_t N, int64_t D)
{
    struct synthetic s = {.rule = low_number};
    const struct vjp_shrink how = synthetic_how(&s, 4000);
    struct vjp_ask ask;
    struct vjp_case c = parse_case(line);
    vjp_ask_init(&ask, &how);
    const bool changed = vjp_sizes_reseed(&ask, &c);
    cr_expect_eq(changed, c.dim[0] != 3 || c.dim[1] != 3);
    cr_expect_eq(c.dim[0], N);
    cr_expect_eq(c.dim[1], D);
    cr_expect_eq(c.seed >= 1 && c.seed <= 7, changed);
    vjp_case_clear(&c);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

Test(sizes, another_seed_may_do_with_less)
{
    expect_reseeded("linear dtype=f32 N=3 D=3 M=0 seed=99", 1, 1);
    expect_reseeded("linear dtype=f32 N=3 D=3 M=0 x=const w=const dy=const seed=99", 3, 3);
}

static bool corner(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    bool found = false;
    for (int64_t i = 0; i < data->slot[X].count; i++)
        found |= element(data, X, i) == 5;
    return found;
}

Test(sizes, rows_are_cut_wherever_they_lie)
{
    expect_part(vjp_sizes_cut, corner,
                "linear dtype=f32 N=3 D=3 M=1 x=[1,2,3,4,5,6,7,8,9] w=const dy=const",
                "linear dtype=f32 N=1 D=1 M=1 x=[5] w=const dy=const");
}
