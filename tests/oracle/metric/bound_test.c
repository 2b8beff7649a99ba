/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/bound.h"

#include "tests/oracle/metric/simulate.h"

/* One element from its terms, given as doubles. */
static void set_terms(struct vjp_gradient *g, const double *term, int64_t n)
{
    struct vjp_error error = {""};
    struct vjp_real r;
    vjp_real_init(&r, 256);
    cr_assert_eq(vjp_gradient_init(g, 1, 256, &error), VJP_OK, "%s", error.text);
    for (int64_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &term[i], sizeof bits);
        vjp_real_set_bits(&r, VJP_F64, bits);
        vjp_gradient_add(g, 0, &r);
    }
    vjp_real_clear(&r);
}

struct result {
    double total, before; /* rounded up */
    bool exact_sum, must_be_nearest, may_overflow;
};

static struct result bound_of(const struct vjp_arithmetic *a, const double *term, int64_t n,
                              double old)
{
    struct vjp_gradient g;
    struct vjp_bound b;
    set_terms(&g, term, n);
    vjp_bound_init(&b);
    vjp_bound_element(&b, a, &g, 0, old);
    const struct result r = {mpfr_get_d(b.total, MPFR_RNDU), mpfr_get_d(b.before, MPFR_RNDU),
                             b.exact_sum, b.must_be_nearest,
                             b.may_reach_positive || b.may_reach_negative};
    vjp_bound_clear(&b);
    vjp_gradient_clear(&g);
    return r;
}

static struct vjp_arithmetic arithmetic(enum vjp_dtype dtype, enum vjp_dtype accumulate,
                                        bool flushes, bool adds)
{
    const struct vjp_model model = {.accumulate = accumulate, .flushes = flushes};
    return vjp_arithmetic_of_model(&model, dtype, adds);
}

static bool is_close(double got, double want)
{
    return got >= want && got <= want * (1 + 0x1p-40);
}

Test(bound, arithmetic_of_a_model)
{
    struct vjp_arithmetic a = arithmetic(VJP_F16, VJP_F32, true, true);
    cr_expect(a.precision == 24 && a.emin == -126 && a.emax == 127);
    cr_expect(a.flushes && a.accumulate && !a.rounds_operands);
    cr_expect_eq(a.output, vjp_format(VJP_F16));
    a = arithmetic(VJP_F64, VJP_F32, false, false);
    cr_expect(a.rounds_operands && !a.flushes && !a.accumulate);
    cr_expect_not(arithmetic(VJP_F32, VJP_F32, false, false).rounds_operands);
    const struct vjp_arithmetic f32 = arithmetic(VJP_F32, VJP_F32, true, true);
    a = vjp_arithmetic_narrowed(&f32, VJP_BF16, VJP_F32);
    cr_expect(a.precision == 8 && a.rounds_operands);
    cr_expect(a.emin == -126 && a.emax == 127 && a.flushes && a.accumulate);
    const struct vjp_arithmetic half = arithmetic(VJP_F16, VJP_F32, false, false);
    cr_expect_not(vjp_arithmetic_narrowed(&half, VJP_F16, VJP_F16).rounds_operands);
    cr_expect_eq(vjp_arithmetic_narrowed(&half, VJP_F16, VJP_F16).emax, 127);
}

/* k u S by hand, for terms that no format represents together. */
Test(bound, is_k_u_s)
{
    const double terms[] = {1, 0x1p-70, -3, 0x1p-90};
    const double scale = 4 + 0x1p-70;
    const struct vjp_arithmetic f32 = arithmetic(VJP_F32, VJP_F32, false, false),
                                f64 = arithmetic(VJP_F64, VJP_F64, false, false);
    struct result r = bound_of(&f32, terms, 4, 0);
    cr_expect(is_close(r.total, 4 * 0x1p-24 * scale), "%g", r.total);
    cr_expect(is_close(r.before, 4 * 0x1p-24 * scale), "%g", r.before);
    cr_expect(!r.exact_sum && !r.must_be_nearest && !r.may_overflow);
    r = bound_of(&f64, terms, 4, 0);
    cr_expect(is_close(r.total, 4 * 0x1p-53 * scale), "%g", r.total);
    r = bound_of(&f32, terms, 2, 0);
    cr_expect(is_close(r.total, 2 * 0x1p-24), "%g", r.total);
}

/* Underflow adds half of the smallest number for each product; flushing the smallest normal number for
 * each of at most 2 k operations; neither where all terms are multiples of what could be lost. */
Test(bound, underflow_terms)
{
    const struct vjp_arithmetic plain = arithmetic(VJP_F32, VJP_F32, false, false),
                                flush = arithmetic(VJP_F32, VJP_F32, true, false);
    const double tiny[] = {0x1p-151, 0x1p-120, 0x1p-110};
    double sum = 3 * 0x1p-24 * (0x1p-110 + 0x1p-120 + 0x1p-151);
    cr_expect(is_close(bound_of(&plain, tiny, 3, 0).total, sum + 3 * 0x1p-150 * (1 + 3 * 0x1p-24)));
    cr_expect(is_close(bound_of(&flush, tiny, 3, 0).total, sum + 6 * 0x1p-126 * (1 + 3 * 0x1p-24)));
    const double last[] = {0x1p-149, 0x1p-120, 0x1p-110};
    sum = 3 * 0x1p-24 * (0x1p-110 + 0x1p-120 + 0x1p-149);
    cr_expect(is_close(bound_of(&plain, last, 3, 0).total, sum), "multiples of the smallest");
    cr_expect(bound_of(&flush, last, 3, 0).total > 6 * 0x1p-126);
    const double normal[] = {0x1p-126, 0x1p-90};
    cr_expect(is_close(bound_of(&flush, normal, 2, 0).total, 2 * 0x1p-24 * (0x1p-90 + 0x1p-126)),
              "multiples of the smallest normal number");
}

/* Integers: no bound at all while S stays within 2^p of their last bit, and k u S after. */
Test(bound, exact_data_is_allowed_nothing)
{
    static const int precision[] = {8, 11, 24, 53};
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const struct vjp_arithmetic a =
            arithmetic((enum vjp_dtype)dtype, (enum vjp_dtype)dtype, false, false);
        const double limit = ldexp(1, precision[dtype] - 3); /* 2^p times the last bit, 1/8 */
        double terms[] = {limit - 2, -1.875, 0.125};
        struct result r = bound_of(&a, terms, 3, 0);
        cr_expect(r.exact_sum && !r.must_be_nearest, "%d: S = 2^p q", dtype);
        cr_expect(r.total == 0 && r.before == 0);
        terms[1] = -2;
        r = bound_of(&a, terms, 3, 0);
        cr_expect_not(r.exact_sum, "%d: S = 2^p q + q", dtype);
        cr_expect(is_close(r.total, 3 * ldexp(limit + 0.125, -precision[dtype])));
    }
    const struct vjp_arithmetic f32 = arithmetic(VJP_F32, VJP_F32, false, false);
    cr_expect(bound_of(&f32, NULL, 0, 0).exact_sum, "the empty sum");
    cr_expect(bound_of(&f32, (const double[]){0x1p-149, 0x1p-148}, 2, 0).exact_sum);
    cr_expect_not(bound_of(&f32, (const double[]){0x1p-150}, 1, 0).exact_sum);
    const struct vjp_arithmetic flush = arithmetic(VJP_F32, VJP_F32, true, false);
    cr_expect_not(bound_of(&flush, (const double[]){0x1p-149}, 1, 0).exact_sum);
    cr_expect(bound_of(&flush, (const double[]){0x1p-126}, 1, 0).exact_sum);
}

/* binary32 sums of binary16: exact sums are rounded once, and there is nothing to choose; with an old
 * value twice. */
Test(bound, the_last_rounding)
{
    const struct vjp_arithmetic once = arithmetic(VJP_F16, VJP_F32, false, false),
                                twice = arithmetic(VJP_F16, VJP_F32, false, true);
    struct result r = bound_of(&once, (const double[]){2047, 1}, 2, 0);
    cr_expect(r.exact_sum && !r.must_be_nearest && r.total == 0, "2048 fits binary16");
    r = bound_of(&once, (const double[]){2048, 1}, 2, 0);
    cr_expect(r.exact_sum && r.must_be_nearest && r.before == 0, "2049 does not");
    r = bound_of(&once, (const double[]){0x1p-25}, 1, 0);
    cr_expect(r.exact_sum && r.must_be_nearest, "below the smallest binary16");
    r = bound_of(&once, (const double[]){1, 0x1p-30}, 2, 0);
    cr_expect(!r.exact_sum && !r.must_be_nearest);
    const double before = 2 * 0x1p-24 * (1 + 0x1p-30), h = 0x1p-25, u = 0x1p-11;
    cr_expect(is_close(r.before, before));
    cr_expect(is_close(r.total, before + u * (1 + 0x1p-30 + before) + h), "%a", r.total);
    /* 2048 + 1 and 4096 that was there: 2049 is rounded, then 6145 or so. */
    r = bound_of(&twice, (const double[]){2048, 1, 4096}, 3, 4096);
    cr_expect(r.exact_sum && !r.must_be_nearest);
    const double first = u * 2049 + h;
    cr_expect(is_close(r.before, first), "%a", r.before);
    cr_expect(is_close(r.total, first + u * (6145 + first) + h), "%a", r.total);
}

/* Operands of binary64 rounded to binary32 first: 2 u + u^2 of S more, and the slack of 3 u. */
Test(bound, rounded_operands)
{
    const struct vjp_arithmetic a = arithmetic(VJP_F64, VJP_F32, false, false);
    const double terms[] = {1 + 0x1p-40, 1};
    const double scale = 2 + 0x1p-40, u = 0x1p-24;
    const struct result r = bound_of(&a, terms, 2, 0);
    cr_expect_geq(r.total, 2 * u * scale + (2 * u + u * u) * (1 + 2 * u) * scale);
    cr_expect_leq(r.total, 2 * u * scale + 3 * u * (1 + 2 * u) * scale * (1 + 0x1p-40));
}

/* One term more, or a larger one, or fewer bits: never a smaller bound. */
Test(bound, grows_with_its_arguments)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int run = 0; run < 2000; run++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)random_between(&state, 0, 3);
        const enum vjp_dtype format = (enum vjp_dtype)random_between(&state, dtype, 3);
        const struct vjp_arithmetic a = arithmetic(dtype, format, run % 2, false);
        double terms[8];
        for (int i = 0; i < 8; i++)
            terms[i] = random_number(&state, 53, (int)random_between(&state, -8, 8));
        /* All of one sign, so that |exact| grows too: the last rounding is of that. */
        for (int i = 0; i < 8; i++)
            terms[i] = fabs(terms[i]);
        const struct result seven = bound_of(&a, terms, 7, 0), eight = bound_of(&a, terms, 8, 0);
        check(&t, eight.total > seven.total, "%d in %d: one term more", dtype, format);
        terms[3] *= 2;
        check(&t, bound_of(&a, terms, 8, 0).total > eight.total, "a larger term");
        if (format > VJP_BF16) {
            const struct vjp_arithmetic narrow =
                vjp_arithmetic_narrowed(&a, (enum vjp_dtype)(format - 1), dtype);
            check(&t, bound_of(&narrow, terms, 8, 0).before > bound_of(&a, terms, 8, 0).before,
                  "fewer bits");
        }
    }
    tally_assert(&t, 4000);
}

/* out = (2 - 2^-p) 2^emax / (1 + 2^-p): S of a single term that just may overflow. */
static void set_limit(mpfr_t out, const struct vjp_format *f)
{
    mpfr_t divisor;
    mpfr_init2(divisor, 200);
    mpfr_set_ui_2exp(divisor, 1, -f->precision, MPFR_RNDN);
    mpfr_ui_sub(out, 2, divisor, MPFR_RNDN);
    mpfr_mul_2si(out, out, f->emax, MPFR_RNDN);
    mpfr_add_ui(divisor, divisor, 1, MPFR_RNDN);
    mpfr_div(out, out, divisor, MPFR_RNDN);
    mpfr_clear(divisor);
}

/* S + bound at the threshold (2 - 2^-p) 2^emax, and a little below it. */
Test(bound, may_overflow_from_the_threshold_on)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const struct vjp_format *f = vjp_format((enum vjp_dtype)dtype);
        const struct vjp_arithmetic a =
            arithmetic((enum vjp_dtype)dtype, (enum vjp_dtype)dtype, false, false);
        /* Exact data: the largest number, and the next. */
        const double half = ldexp(1, f->emax), ulp = ldexp(1, f->emax - f->precision + 1);
        struct result r = bound_of(&a, (const double[]){half, ulp - half}, 2, 0);
        cr_expect(r.exact_sum && !r.may_overflow, "%d: S is the largest number", dtype);
        r = bound_of(&a, (const double[]){half, half}, 2, 0);
        cr_expect(r.exact_sum && r.may_overflow, "%d: S is the next", dtype);
        /* Data that is not exact: k = 1, S (1 + u) at the threshold, and 2^-60 of S below. */
        struct vjp_gradient g;
        struct vjp_bound b;
        mpfr_t limit;
        set_terms(&g, &half, 1);
        g.lowest[0] = 0;
        vjp_bound_init(&b);
        mpfr_init2(limit, 200);
        set_limit(limit, f);
        mpfr_set(&g.scale[0], limit, MPFR_RNDU);
        mpfr_set(&g.value[0].ends->left, &g.scale[0], MPFR_RNDN);
        vjp_bound_element(&b, &a, &g, 0, 0);
        cr_expect(b.may_reach_positive && !b.may_reach_negative && !b.exact_sum,
                  "%d: at the threshold", dtype);
        for (int i = 0; i < 8; i++)
            mpfr_nextbelow(&g.scale[0]);
        mpfr_set(&g.value[0].ends->left, &g.scale[0], MPFR_RNDN);
        vjp_bound_element(&b, &a, &g, 0, 0);
        cr_expect_not(b.may_reach_positive, "%d: below the threshold", dtype);
        mpfr_clear(limit);
        vjp_bound_clear(&b);
        vjp_gradient_clear(&g);
    }
}

static void expect_reach(const struct vjp_arithmetic *a, const double *term, int64_t n, double old,
                         bool up, bool down)
{
    struct vjp_gradient g;
    struct vjp_bound b;
    set_terms(&g, term, n);
    vjp_bound_init(&b);
    vjp_bound_element(&b, a, &g, 0, old);
    cr_expect_eq(b.may_reach_positive, up, "%g %g ...: infinity", term[0], term[1]);
    cr_expect_eq(b.may_reach_negative, down, "%g %g ...: minus infinity", term[0], term[1]);
    vjp_bound_clear(&b);
    vjp_gradient_clear(&g);
}

/* P, the positive terms, for infinity, and Q, the negative ones, for minus infinity. */
Test(bound, each_infinity_needs_its_own_terms)
{
    const struct vjp_arithmetic f32 = arithmetic(VJP_F32, VJP_F32, false, false),
                                half = arithmetic(VJP_F16, VJP_F32, false, true),
                                bf16 = arithmetic(VJP_BF16, VJP_BF16, false, false);
    const double h = 0x1p127;
    expect_reach(&f32, (const double[]){h, h, -h}, 3, 0, true, false);
    expect_reach(&f32, (const double[]){-h, -h, h}, 3, 0, false, true);
    expect_reach(&f32, (const double[]){h, h, -h, -h}, 4, 0, true, true);
    expect_reach(&f32, (const double[]){h, -h, 1, 0x1p-40}, 4, 0, false, false);
    /* 65536 + 6144 and -59392 that was there: the sum alone is infinite in binary16. */
    expect_reach(&half, (const double[]){65536, 6144, -59392}, 3, -59392, true, false);
    expect_reach(&half, (const double[]){-65536, -6144, 59392}, 3, 59392, false, true);
    expect_reach(&half, (const double[]){32768, 6144, -59392}, 3, -59392, false, false);
    expect_reach(&half, (const double[]){-59392, -30000}, 2, -30000, false, false);
    /* 256 and 512 terms of both signs: k u = 1 and 2. P (1 + k u) is 2^126, P + k u S 1.25 2^128. */
    double many[512];
    for (int i = 0; i < 512; i++)
        many[i] = i % 2 ? 0x1p118 : -0x1p118;
    expect_reach(&bf16, many, 256, 0, false, false);
    expect_reach(&bf16, many, 512, 0, true, true);
}

/* Toy arithmetic of 2 to 4 bits, where u is so large that a term of second order which the proof
 * forgot would show: 100,000 sums of up to 6 terms, over trees and FMA, near underflow and far from
 * it, k u S itself being checked and nothing of the bound's slack. */
Test(bound, holds_in_toy_arithmetic)
{
    struct tally t = {0};
    uint64_t state = 2;
    double largest = 0;
    for (int run = 0; run < 100000; run++) {
        const int p = 2 + run % 3, spread = (int)random_between(&state, 0, p + 2);
        const bool deep = run % 5 == 0;
        const struct unit u = {p, deep ? 0 : -500, 500, run % 10 == 0, &state};
        struct sum s = {.n = random_between(&state, 1, 6)};
        double exact = 0, magnitude = 0;
        for (int64_t i = 0; i < s.n; i++) {
            s.a[i] = random_number(&state, p, (int)random_between(&state, -spread, spread));
            s.b[i] = random_number(&state, p, 0);
            exact += s.a[i] * s.b[i];
            magnitude += fabs(s.a[i] * s.b[i]);
        }
        const double unit = ldexp(1, -p), k = (double)s.n;
        double bound = k * unit * magnitude;
        if (deep)
            bound += (u.flushes ? 2 * k : k * unit) * (1 + k * unit);
        const double got = unit_sum(&u, &s, (int)random_between(&state, 0, 5));
        check(&t, fabs(got - exact) <= bound, "p = %d, k = %g, S = %a: error %a", p, k, magnitude,
              fabs(got - exact));
        if (!deep)
            largest = fmax(largest, fabs(got - exact) / bound);
    }
    tally_assert(&t, 100000);
    cr_expect(largest > 0.6, "the largest ratio is %g: the search is too tame", largest);
}
