/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "tests/cases/shrink/explained.h"

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        const int64_t N = c->dim[0], D = c->dim[1], M = c->dim[2];                                 \
        return (void)N, (void)D, (void)M, (condition);                                             \
    }

RULE(equal, D == M)
RULE(square, D == M && D > 1)
RULE(unequal, D != M)
RULE(wide, D < M)
RULE(tall, N >= M)
RULE(whole, M > 0 && M % 16 == 0)
RULE(tail_behind_a_block, M > 8 && M % 4 != 0)
RULE(one_too_many, M % 8 == 1)
RULE(far, M >= 1000)
RULE(far_tail, M > 1000 && M % 8 == 1)
RULE(few, N < 3)
RULE(one_size, N == 5)
RULE(all_but_one_size, N != 5)
RULE(irregular, N == 3 || (N > 6 && N < 10) || N == 20)
RULE(both, M > 0 && D < 5)

static const char ones[] = "linear dtype=f32 N=1 D=0 M=1 x=const:0 w=const:0 dy=const:0";
static const char zeros[] = "linear dtype=f32 N=0 D=0 M=0 x=const:0 w=const:0 dy=const:0";

static void expect(bool (*rule)(const struct vjp_case *, const struct vjp_data *), const char *line,
                   const char *sentence)
{
    expect_explained(rule, line, sentence);
}

/* Pairs: 50 values of D, 50 of M, one pair in both; 9 sizes k as (k, k), (k, k+1), (k+1, k), (k+3, k),
 * (k, k+3), of which some are known or come twice. */
Test(explain_dims, two_dimensions_are_compared)
{
    struct synthetic s = {.rule = equal};
    struct vjp_explanation out = explain_with(&s, zeros, ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff D = M (of ", 20), 0, "%s",
                 out.remarks.at[0].text);
    cr_expect_eq(out.remarks.at[1].rank, VJP_REMARK_ALWAYS, "%s", out.remarks.at[1].text);
    s = (struct synthetic){.rule = square};
    out = explain_with(&s, "linear dtype=f32 N=0 D=2 M=2 x=const w=const dy=const", ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff D = M and D > 1 (of ", 30), 0, "%s",
                 out.remarks.at[0].text);
    s = (struct synthetic){.rule = unequal};
    out = explain_with(&s, ones, ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff D != M (of ", 21), 0, "%s",
                 out.remarks.at[0].text);
    s = (struct synthetic){.rule = wide};
    out = explain_with(&s, ones, ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff D < M (of ", 20), 0, "%s",
                 out.remarks.at[0].text);
    s = (struct synthetic){.rule = tall};
    out = explain_with(&s, zeros, ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff N >= M (of ", 21), 0, "%s",
                 out.remarks.at[0].text);
}

/* M > 0 and D < 5 looks like M > D and the like from (0, 1), until both are changed. */
Test(explain_dims, what_only_looks_like_a_comparison_is_none)
{
    expect(both, ones,
           "fails with M > 0, going by a single observation that passes (of 50 values of M tried, "
           "49 failed)");
    expect(both, ones, "fails iff D < 5 (of 50 values of D tried, 5 failed)");
}

/* The filter R cannot be but 1 in an image of 1: that N > R is no more than that N > 1. */
static bool two_images(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[0] > 1;
}

Test(explain_dims, a_dimension_that_cannot_vary_is_not_compared)
{
    expect(two_images, "conv2d dtype=f32 N=2 C=0 H=1 W=1 K=0 R=1 S=1",
           "fails iff N > 1 (of 50 values of N tried, 48 failed)");
}

/* 16, 32, 64, 128, 256. */
Test(explain_dims, remainders_and_thresholds_are_told_apart)
{
    expect(whole, "linear dtype=f32 N=0 D=0 M=16",
           "fails iff M > 0 and M % 16 = 0 (of 50 values of M tried, 5 failed)");
    /* 9 to 40 without 12, 16, ... 40, and six of the nine above */
    expect(tail_behind_a_block, "linear dtype=f32 N=0 D=0 M=9",
           "fails iff M > 7 and M % 4 != 0 (of 50 values of M tried, 30 failed)");
    /* 1, 9, 17, 25, 33, 65, 129, 257 */
    expect(one_too_many, ones, "fails iff M % 8 = 1 (of 50 values of M tried, 8 failed)");
    expect(few, zeros, "fails iff N < 3 (of 50 values of N tried, 3 failed)");
    expect(one_size, "linear dtype=f32 N=5 D=0 M=0",
           "fails with N = 5, going by a single observation that fails (of 50 values of N tried, 1 "
           "failed)");
    expect(all_but_one_size, zeros,
           "fails with N != 5, going by a single observation that passes (of 50 values of N tried, "
           "49 failed)");
    expect(irregular, "linear dtype=f32 N=3 D=0 M=0",
           "fails with N = 3, 7-9, 20, not with 0-2, 4-6, 10-19, 21-40, 63-65, 127-129, 255-257 "
           "(of 50 values of N tried, 5 failed)");
}

/* Far from all sizes that are tried anyway: what lies between is halved, and the neighbours are tried. */
Test(explain_dims, far_sizes_are_pinned_down)
{
    struct synthetic s = {.rule = far};
    struct vjp_explanation out =
        explain_with(&s, "linear dtype=f32 N=0 D=0 M=1000 dy=const:0", ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff M > 999 (of ", 22), 0, "%s",
                 out.remarks.at[0].text);
    s = (struct synthetic){.rule = far};
    out = explain_with(&s, "linear dtype=f32 N=0 D=0 M=1200 dy=const:0", ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails iff M > 999 (of ", 22), 0, "%s",
                 out.remarks.at[0].text);
    s = (struct synthetic){.rule = far_tail};
    out = explain_with(&s, "linear dtype=f32 N=0 D=0 M=1001 dy=const:0", ENOUGH);
    cr_expect_eq(strncmp(out.remarks.at[0].text, "fails with M = 1001, 1009, 1017, not ", 37), 0,
                 "%s", out.remarks.at[0].text);
}

static bool in_stage_3(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_dim(c, "3.M") % 2 == 1 && vjp_case_dim(c, "1.N") > 0;
}

static bool pairs_of_features(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] % 4 == 2;
}

/* 3.M is 1, 3, ... 39 and 63, 65, 127, 129, 255, 257; a loss without classes is no case, nor are odd
 * features. Of 0, 2, ... 40, 64, 128 and 256 ten are no multiples of 4. */
Test(explain_dims, pipelines_and_checks_leave_what_is_valid)
{
    expect(in_stage_3,
           "linear | relu | linear | softmax | cross_entropy dtype=f32 1.N=1 1.D=0 1.M=0 3.M=1",
           "fails iff 3.M % 2 != 0 (of 49 values of 3.M tried, 26 failed)");
    expect(pairs_of_features, "rope dtype=f32 N=0 H=0 D=2",
           "fails iff D % 4 != 0 (of 24 values of D tried, 10 failed)");
}
