/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/accumulator.h"

#include "tests/oracle/exact/witness.h"

#include <string.h>

static struct vjp_accumulator *create(enum vjp_dtype dtype, bool portable)
{
    struct vjp_accumulator *out = NULL;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_accumulator_create(dtype, portable, &out, &error), VJP_OK, "%s", error.text);
    return out;
}

static struct vjp_odd get(const struct vjp_accumulator *accumulator)
{
    struct vjp_odd out;
    vjp_accumulator_get(accumulator, &out);
    return out;
}

/* Two vectors, and the sum that MPFR makes of them. */
struct terms {
    enum vjp_dtype dtype;
    double *a, *b;
    int64_t n;
};

static void terms_init(struct terms *t, enum vjp_dtype dtype, int64_t n)
{
    *t = (struct terms){dtype, calloc((size_t)n + 1, sizeof(double)),
                        calloc((size_t)n + 1, sizeof(double)), n};
    cr_assert(t->a && t->b);
}

static void terms_clear(struct terms *t)
{
    free(t->a);
    free(t->b);
}

static struct vjp_odd terms_odd(const struct terms *t, double old)
{
    struct sum sum = {0};
    sum_add(&sum, old, 1);
    for (int64_t k = 0; k < t->n; k++)
        sum_add(&sum, t->a[k], t->b[k]);
    const struct vjp_odd odd = sum_odd(&sum);
    sum_clear(&sum);
    return odd;
}

static void shuffle(struct terms *t, uint64_t *state)
{
    for (int64_t k = t->n - 1; k > 0; k--) {
        const int64_t j = random_between(state, 0, k);
        const double a = t->a[k], b = t->b[k];
        t->a[k] = t->a[j];
        t->b[k] = t->b[j];
        t->a[j] = a;
        t->b[j] = b;
    }
}

/* The accumulator's answer, on this machine's instructions and on any's, in one call and in three,
 * after the old value old. */
static void check_terms(struct tally *tally, const struct terms *t, double old, const char *what)
{
    const struct vjp_odd want = terms_odd(t, old);
    for (int portable = 0; portable < 2; portable++) {
        struct vjp_accumulator *x = create(t->dtype, portable);
        for (int parts = 1; parts <= 3; parts += 2) {
            vjp_accumulator_reset(x);
            vjp_accumulator_add(x, old);
            for (int part = 0; part < parts; part++) {
                const int64_t from = t->n * part / parts;
                const int64_t to = t->n * (part + 1) / parts;
                vjp_accumulator_add_products(x, t->a + from, t->b + from, to - from);
            }
            const struct vjp_odd got = get(x);
            check(tally, same_odd(&got, &want), "%s %s, n = %" PRId64 ": " ODD ", not " ODD, what,
                  vjp_format(t->dtype)->name, t->n, ODD_ARGS(got), ODD_ARGS(want));
        }
        vjp_accumulator_destroy(x);
    }
}

static const int64_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 511, 512, 513, 1500};
#define LENGTHS (int)(sizeof lengths / sizeof *lengths)

Test(accumulator, any_numbers_of_every_format)
{
    struct tally tally = {0};
    uint64_t state = 1;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        for (int i = 0; i < LENGTHS; i++) {
            struct terms t;
            terms_init(&t, (enum vjp_dtype)d, lengths[i]);
            for (int64_t k = 0; k < t.n; k++) {
                t.a[k] = any_number(&state, t.dtype);
                t.b[k] = any_number(&state, t.dtype);
            }
            check_terms(&tally, &t, any_number(&state, t.dtype), "any");
            terms_clear(&t);
        }
    }
    tally_assert(&tally, 4 * 4 * LENGTHS);
}

Test(accumulator, ordinary_numbers_with_zeros)
{
    struct tally tally = {0};
    uint64_t state = 2;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const int p = vjp_format((enum vjp_dtype)d)->precision;
        for (int i = 0; i < 2 * LENGTHS; i++) {
            struct terms t;
            terms_init(&t, (enum vjp_dtype)d, lengths[i / 2]);
            for (int64_t k = 0; k < t.n; k++) {
                t.a[k] = random_number(&state, p, (int)random_between(&state, -12, 2));
                t.b[k] = random_number(&state, p, (int)random_between(&state, -12, 2));
                if (i % 2 && next_random(&state) % 2)
                    t.a[k] = k % 4 ? 0.0 : -0.0;
            }
            check_terms(&tally, &t, 0, "ordinary");
            terms_clear(&t);
        }
    }
    tally_assert(&tally, 4 * 4 * 2 * LENGTHS);
}

/* f64 products that lie anywhere where their errors are f64 as well: more places than splitting takes
 * off. */
Test(accumulator, doubles_far_apart)
{
    struct tally tally = {0};
    uint64_t state = 7;
    for (int i = 0; i < 2 * LENGTHS; i++) {
        struct terms t;
        terms_init(&t, VJP_F64, lengths[i / 2]);
        for (int64_t k = 0; k < t.n; k++) {
            t.a[k] = random_number(&state, 53, (int)random_between(&state, -470, 490));
            t.b[k] = random_number(&state, 53, (int)random_between(&state, -470, 490));
        }
        check_terms(&tally, &t, 0, "far apart");
        terms_clear(&t);
    }
    tally_assert(&tally, 4 * 2 * LENGTHS);
}

/* 2^16 times one number of 53 ones, in each of the places that it can have in a window: the ones, moved
 * by 16 places. */
Test(accumulator, many_single_numbers)
{
    struct tally tally = {0};
    struct vjp_accumulator *x = create(VJP_F64, false);
    for (int place = 0; place < 32; place++) {
        const bool negative = place % 2;
        const double ones = ldexp(0x1.fffffffffffffp52, place + 100);
        const struct vjp_odd want = {UINT64_MAX << 11, place + 100 + 16 - 11, negative};
        vjp_accumulator_reset(x);
        for (int k = 0; k < 1 << 16; k++)
            vjp_accumulator_add(x, negative ? -ones : ones);
        const struct vjp_odd got = get(x);
        check(&tally, same_odd(&got, &want), ODD ", not " ODD, ODD_ARGS(got), ODD_ARGS(want));
    }
    vjp_accumulator_destroy(x);
    tally_assert(&tally, 32);
}

/* Every product and its opposite, in any order, and one that is smaller than all of them (2^-200 of f32
 * and bf16, 2^-40 of f16, 2^-78 and down to 2^-1920 of f64): all others must go without a trace. */
Test(accumulator, what_cancels_leaves_nothing)
{
    struct tally tally = {0};
    uint64_t state = 3;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const struct vjp_format *f = vjp_format((enum vjp_dtype)d);
        const int low = d == VJP_F16 ? -20 : d == VJP_F64 ? -479 : -100;
        const int from = d == VJP_F64 ? -440 : 0;
        const int to = d == VJP_F64 ? 480 : 7;
        for (int i = 1; i < LENGTHS; i++) {
            struct terms t;
            terms_init(&t, (enum vjp_dtype)d, 2 * lengths[i] + 1);
            for (int64_t k = 0; k + 1 < t.n; k += 2) {
                t.a[k] = random_number(&state, f->precision, (int)random_between(&state, from, to));
                t.b[k] = random_number(&state, f->precision, (int)random_between(&state, from, to));
                t.a[k + 1] = -t.a[k];
                t.b[k + 1] = t.b[k];
            }
            t.a[t.n - 1] = ldexp(d == VJP_F16 ? 1 : 1.5, low);
            t.b[t.n - 1] = ldexp(i % 2 ? -1 : 1, low);
            const double left = t.a[t.n - 1] * t.b[t.n - 1];
            shuffle(&t, &state);
            check_terms(&tally, &t, 0, "cancel");
            struct vjp_accumulator *x = create(t.dtype, false);
            vjp_accumulator_add_products(x, t.a, t.b, t.n);
            const struct vjp_odd got = get(x);
            check(&tally, vjp_bits_to_double(VJP_F64, vjp_odd_round(&got, VJP_F64)) == left,
                  ODD ", not %a", ODD_ARGS(got), left);
            vjp_accumulator_destroy(x);
            terms_clear(&t);
        }
    }
    tally_assert(&tally, 4 * 5 * (LENGTHS - 1));
}

/* 2^17 products of the largest or the smallest number with itself: one of them, moved by 17 places. */
Test(accumulator, many_of_the_extreme_products)
{
    struct tally tally = {0};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const struct vjp_format *f = vjp_format((enum vjp_dtype)d);
        const int p = f->precision;
        const double largest = ldexp(ldexp(1, p) - 1, f->emax - p + 1);
        const double smallest = ldexp(1, f->emin - p + 1);
        struct terms t;
        terms_init(&t, (enum vjp_dtype)d, 1 << 17);
        for (int i = 0; i < 8; i++) {
            const int bit = i / 4;
            mpfr_t x, cut;
            mpfr_init2(x, 128);
            mpfr_init2(cut, 64);
            for (int64_t k = 0; k < t.n; k++) {
                t.a[k] = bit ? smallest : largest;
                t.b[k] = i % 2 ? -t.a[k] : t.a[k];
            }
            mpfr_set_d(x, t.a[0], MPFR_RNDN);
            mpfr_mul_d(x, x, t.b[0], MPFR_RNDN);
            mpfr_mul_2si(x, x, 17, MPFR_RNDN);
            const bool inexact = mpfr_set(cut, x, MPFR_RNDZ) != 0;
            const struct vjp_odd want = odd_of(cut, inexact);
            struct vjp_accumulator *sum = create(t.dtype, i / 2 % 2);
            vjp_accumulator_add_products(sum, t.a, t.b, t.n);
            const struct vjp_odd got = get(sum);
            check(&tally, same_odd(&got, &want), "%s: " ODD ", not " ODD, f->name, ODD_ARGS(got),
                  ODD_ARGS(want));
            vjp_accumulator_destroy(sum);
            mpfr_clears(x, cut, (mpfr_ptr)0);
        }
        terms_clear(&t);
    }
    tally_assert(&tally, 4 * 8);
}

Test(accumulator, long_vectors)
{
    struct tally tally = {0};
    uint64_t state = 5;
    for (int d = VJP_F32; d <= VJP_F64; d++) {
        struct terms t;
        terms_init(&t, (enum vjp_dtype)d, (1 << 15) + 1);
        for (int64_t k = 0; k < t.n; k++) {
            t.a[k] = k % 2 ? any_number(&state, t.dtype) : random_number(&state, 24, 100);
            t.b[k] = k % 3 ? random_number(&state, 24, -100) : any_number(&state, t.dtype);
        }
        check_terms(&tally, &t, 0, "long");
        terms_clear(&t);
    }
    tally_assert(&tally, 8);
}

/* The midpoint above a number v of each format, and at the smallest distance from it that a product has,
 * on either side: v's bits and the next ones, by rule. The midpoint is made of two terms. */
Test(accumulator, ties_and_a_hair_off_them)
{
    struct tally tally = {0};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        const struct vjp_format *f = vjp_format(dtype);
        const double hair = d == VJP_F16 ? 0x1p-24 : d == VJP_F64 ? 0x1p-1074 : 0x1p-149;
        const double small = d == VJP_BF16 ? 0x1p-133 : hair;
        for (int i = 0; i < 24; i++) {
            const bool odd = i & 1;
            const bool negative = i & 2;
            const int side = i / 4 % 3 - 1;
            const bool portable = i >= 12;
            const double sign = negative ? -1 : 1;
            const uint64_t v = vjp_bits_from_double(dtype, 1) + odd;
            /* Half a unit in the last place of 1: 2^-p. */
            const double a[] = {sign, ldexp(sign, -f->precision), side * sign * small};
            const double b[] = {vjp_bits_to_double(dtype, v), 1, small};
            struct vjp_accumulator *x = create(dtype, portable);
            vjp_accumulator_add_products(x, a, b, 3);
            const struct vjp_odd got = get(x);
            const uint64_t away = side > 0 || (side == 0 && odd);
            const uint64_t want = vjp_bits_from_double(dtype, sign) + odd + away;
            check(&tally, vjp_odd_round(&got, dtype) == want,
                  "%s: " ODD " gives %#" PRIx64 ", not %#" PRIx64, f->name, ODD_ARGS(got),
                  vjp_odd_round(&got, dtype), want);
            vjp_accumulator_destroy(x);
        }
    }
    tally_assert(&tally, 4 * 24);
}

/* 2^top - 2^bottom is a run of ones, through all windows between them; one more 2^bottom carries
 * through it, and its opposite borrows. */
Test(accumulator, carries_run_through_long_runs_of_ones)
{
    struct tally tally = {0};
    struct vjp_accumulator *x = create(VJP_F64, false);
    for (int top = -900; top <= 900; top += 37) {
        for (int length = 65; length < 1990; length += 119) {
            const int bottom = top - length < -1990 ? -1990 : top - length;
            for (int negative = 0; negative < 2; negative++) {
                const double sign = negative ? -1 : 1;
                const double one = ldexp(1, top), half = ldexp(1, bottom / 2),
                             rest = ldexp(sign, bottom - bottom / 2);
                const struct vjp_odd ones = {UINT64_MAX, top - 64, negative};
                const struct vjp_odd power = {UINT64_C(1) << 63, top - 63, negative};
                vjp_accumulator_reset(x);
                vjp_accumulator_add_products(x, &one, &sign, 1);
                vjp_accumulator_add_products(x, &half, &(double){-rest}, 1);
                struct vjp_odd got = get(x);
                check(&tally, same_odd(&got, &ones), "2^%d - 2^%d: " ODD, top, bottom,
                      ODD_ARGS(got));
                vjp_accumulator_add_products(x, &half, &rest, 1);
                got = get(x);
                check(&tally, same_odd(&got, &power), "2^%d: " ODD, top, ODD_ARGS(got));
                vjp_accumulator_add_products(x, &one, &(double){-sign}, 1);
                got = get(x);
                check(&tally, got.significand == 0 && !got.negative && got.exponent == 0, "0: " ODD,
                      ODD_ARGS(got));
            }
        }
    }
    vjp_accumulator_destroy(x);
    tally_assert(&tally, 3000);
}

Test(accumulator, zeros_of_any_sign_are_zero)
{
    struct vjp_accumulator *x = create(VJP_F32, false);
    static const double a[] = {0.0, -0.0, 3, -0.0, -5};
    static const double b[] = {-1.0, 1.0, -0.0, -0.0, 0};
    struct vjp_odd got = get(x);
    cr_expect(got.significand == 0 && !got.negative && got.exponent == 0);
    vjp_accumulator_add(x, -0.0);
    vjp_accumulator_add_products(x, a, b, 5);
    got = get(x);
    cr_expect(got.significand == 0 && !got.negative && got.exponent == 0);
    cr_expect_eq(vjp_odd_round(&got, VJP_F32), 0);
    /* A negative sum that rounds to zero keeps its sign. */
    vjp_accumulator_add_products(x, &(double){-0x1p-149}, &(double){0x1p-149}, 1);
    got = get(x);
    cr_expect_eq(vjp_odd_round(&got, VJP_F32), 0x80000000);
    vjp_accumulator_destroy(x);
}

/* A sum after a reset owes nothing to what was there, wherever that lay; reading changes nothing. */
Test(accumulator, a_reset_forgets_everything)
{
    struct tally tally = {0};
    uint64_t state = 6;
    struct vjp_accumulator *x = create(VJP_F64, false);
    for (int i = 0; i < 2000; i++) {
        const double a = any_number(&state, VJP_F64), b = any_number(&state, VJP_F64);
        const double c = any_number(&state, VJP_F64);
        struct sum sum = {0};
        sum_add(&sum, a, b);
        struct vjp_odd want = sum_odd(&sum);
        vjp_accumulator_reset(x);
        vjp_accumulator_add_products(x, &a, &b, 1);
        struct vjp_odd got = get(x);
        check(&tally, same_odd(&got, &want), "%a * %a: " ODD ", not " ODD, a, b, ODD_ARGS(got),
              ODD_ARGS(want));
        sum_add(&sum, c, 1);
        want = sum_odd(&sum);
        vjp_accumulator_add(x, c);
        got = get(x);
        check(&tally, same_odd(&got, &want), "%a * %a + %a: " ODD ", not " ODD, a, b, c,
              ODD_ARGS(got), ODD_ARGS(want));
        sum_clear(&sum);
    }
    vjp_accumulator_destroy(x);
    tally_assert(&tally, 4000);
}

/* What cancels is gone, however large; what is left has to span less than two doubles. */
Test(accumulator, two_doubles_where_they_do)
{
    static const struct {
        double a[3], b[3];
        int64_t n;
        bool will_do;
        double two[2];
    } known[] = {
        {{0}, {0}, 0, true, {0, 0}},
        {{3, 5, 0}, {2, -7, 1}, 3, true, {-29, 0}},
        {{0x1p100, 0x1p-20, -0x1p100}, {1, 1, 1}, 3, true, {0x1p-20, 0}},
        {{0x1p20, 0x1p-20, 0x1p-40}, {0x1p20, 1, 1}, 3, true, {0x1p40, 0x1p-20 + 0x1p-40}},
        {{0x1p100, 0x1p-20, 0x1p100}, {1, 1, 1}, 3, false, {0, 0}},
        {{0x1p60, 0x1p60, 0x1p-60}, {0x1p60, -0x1p60, 0x1p-60}, 3, true, {0x1p-120, 0}},
        {{0x1p-140, 0x1.8p-149, 0}, {0x1p-140, 0x1p-149, 0}, 3, true, {0x1p-280 + 0x1.8p-298, 0}},
    };
    for (int portable = 0; portable < 2; portable++) {
        struct vjp_accumulator *accumulator = create(VJP_F32, portable);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            double two[2];
            cr_assert_eq(vjp_accumulator_two(accumulator, known[i].a, known[i].b, known[i].n, two),
                         known[i].will_do, "%zu", i);
            cr_expect(!known[i].will_do || (two[0] == known[i].two[0] && two[1] == known[i].two[1]),
                      "%zu: %a + %a", i, two[0], two[1]);
        }
        vjp_accumulator_destroy(accumulator);
        double two[2];
        accumulator = create(VJP_F64, portable);
        cr_expect_not(vjp_accumulator_two(accumulator, known[1].a, known[1].b, 3, two));
        vjp_accumulator_destroy(accumulator);
    }
}
