/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/allowed.h"

#include "oracle/metric/measure.h"
#include "tests/oracle/metric/measure.h"

#include <float.h>
#include <math.h>

/* What is allowed for dx of one element. */
static struct vjp_allowed allowed_of(const struct one *o)
{
    struct fixture f;
    struct vjp_allowed allowed;
    one_fixture(o, &f);
    struct vjp_reference *r = reference_of(&f);
    vjp_allowed_find(r, DX, &o->model, 1, &allowed);
    vjp_reference_destroy(r);
    fixture_clear(&f);
    return allowed;
}

struct row {
    struct one one;
    struct vjp_allowed want;
};

#define F32                                                                                        \
    VJP_F32,                                                                                       \
    {                                                                                              \
        .accumulate = VJP_F32                                                                      \
    }
#define F64                                                                                        \
    VJP_F64,                                                                                       \
    {                                                                                              \
        .accumulate = VJP_F64                                                                      \
    }

/* Worked out by hand. 0x1.000002p0 squared is 0x1.000004000004p0, k u S half an ulp above: only the nearest number is
 * within; with a second term, S u is a whole ulp. */
Test(allowed, elements_worked_out_by_hand)
{
    static const struct row rows[] = {
        {{F32, 2, {3, 1}, {5, 2}, false, 0}, {17, 17, 17, false, false, false}},
        {{F32, 1, {0x1.000002p0}, {0x1.000002p0}, false, 0},
         {0x1.000004p0, 0x1.000004p0, 0x1.000004p0, false, false, false}},
        {{F32, 2, {0x1.000002p0, 1}, {0x1.000002p0, 0x1p-30}, false, 0},
         {0x1.000004p0, 0x1.000004p0, 0x1.000006p0, false, false, false}},
        {{F32, 2, {-0x1.000002p0, 1}, {0x1.000002p0, -0x1p-30}, false, 0},
         {-0x1.000004p0, -0x1.000006p0, -0x1.000004p0, false, false, false}},
        {{F64, 2, {1, 1}, {1, -1}, false, 0}, {0, 0, 0, false, false, false}},
        {{F32, 2, {NAN, 1}, {1, 1}, false, 0}, {NAN, INFINITY, -INFINITY, false, false, true}},
        {{F32, 2, {INFINITY, 1}, {1, 1}, false, 0},
         {INFINITY, INFINITY, -INFINITY, false, true, false}},
        /* 2e60 is far from anything finite */
        {{F32, 1, {1e30f}, {2e30f}, false, 0}, {INFINITY, INFINITY, -INFINITY, false, true, false}},
        {{F32, 1, {-1e30f}, {2e30f}, false, 0},
         {-INFINITY, INFINITY, -INFINITY, true, false, false}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct vjp_allowed want = rows[i].want, got = allowed_of(&rows[i].one);
        cr_expect(got.value == want.value || (isnan(got.value) && isnan(want.value)), "row %zu: %a",
                  i, got.value);
        cr_expect(got.low == want.low && got.high == want.high, "row %zu: %a to %a", i, got.low,
                  got.high);
        cr_expect(got.minus_infinity == want.minus_infinity && got.infinity == want.infinity &&
                      got.nan == want.nan,
                  "row %zu: %d %d %d", i, got.minus_infinity, got.infinity, got.nan);
    }
}

/* 3e38 + 3e38 - 3e38 is infinite from the left. */
Test(allowed, a_sum_that_may_overflow_may_be_infinite_as_well)
{
    static const struct one one = {F32, 3, {1, 1, 1}, {3e38f, 3e38f, -3e38f}, false, 0};
    const struct vjp_allowed got = allowed_of(&one);
    cr_expect(got.infinity && !got.minus_infinity && !got.nan);
    cr_expect(got.low <= (double)3e38f && (double)3e38f <= got.high && got.high <= FLT_MAX);
}

/* The ends stand, and their neighbours do not, says who measures single answers. */
static void expect_ends(const struct one *o)
{
    const struct vjp_allowed a = allowed_of(o);
    const enum vjp_dtype dtype = o->dtype;
    const double ends[] = {a.low, a.high};
    cr_assert(a.low <= a.value && a.value <= a.high, "%a: %a to %a", a.value, a.low, a.high);
    for (int i = 0; i < 2; i++) {
        const uint64_t bits = vjp_bits_from_double(dtype, ends[i]);
        const uint64_t next = (ends[i] > 0) == (i == 1) ? bits + 1 : bits - 1;
        cr_assert_neq(ends[i], 0);
        cr_expect_neq(measure_one(o, ends[i]).standing, VJP_OUTSIDE, "%a", ends[i]);
        cr_expect_eq(measure_bits(o, next).standing, VJP_OUTSIDE, "beyond %a", ends[i]);
    }
}

Test(allowed, the_ends_are_those_of_single_answers)
{
    static const struct one ones[] = {
        {F32, 4, {0.1f, 0.2f, 0.3f, -0.4f}, {0.5f, 0.6f, 0.7f, 0.8f}, false, 0},
        {F32, 4, {1e10f, 1, -1e10f, 1}, {1, 0x1p-20f, 1, 0x1p-30f}, false, 0}, /* either sign */
        {F32, 2, {0x1p-80f, 0x1p-81f}, {0x1.8p-69f, 0x1.6p-69f}, false, 0},    /* subnormal */
        {F64, 3, {0.1, 0.2, -0.3}, {0.7, 0.7, 0.7}, false, 0},
        {VJP_F16, {.accumulate = VJP_F32}, 3, {0.5, 0.25, 3}, {0.75, 0.125, 5}, false, 0},
        {VJP_BF16, {.accumulate = VJP_BF16}, 4, {3, 5, 7, 9}, {5, 7, 11, 13}, false, 0},
        {F32, 2, {0.1f, 0.2f}, {0.5f, 0.6f}, true, 0.7f},
    };
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        expect_ends(&ones[i]);
}
