/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_EXACT_WITNESS_H
#define VJP_TESTS_ORACLE_EXACT_WITNESS_H

#include "oracle/exact/odd.h"
#include "tests/oracle/tally.h"

#include <mpfr.h>
#include <stdlib.h>

/* Holds any sum of fewer than 2^40 products of doubles. */
#define WIDE 4400

/* A list of exact numbers, of which MPFR makes the sum. */
struct sum {
    mpfr_t *term;
    int64_t count;
    int64_t capacity;
};

static inline void sum_add(struct sum *s, double a, double b)
{
    if (s->count == s->capacity) {
        s->capacity = 2 * s->capacity + 64;
        s->term = realloc(s->term, (size_t)s->capacity * sizeof *s->term);
        cr_assert_not_null(s->term);
    }
    mpfr_ptr term = s->term[s->count++];
    mpfr_init2(term, 106);
    mpfr_set_d(term, a, MPFR_RNDN);
    cr_assert_eq(mpfr_mul_d(term, term, b, MPFR_RNDN), 0);
}

static inline void sum_clear(struct sum *s)
{
    for (int64_t i = 0; i < s->count; i++)
        mpfr_clear(s->term[i]);
    free(s->term);
    *s = (struct sum){0};
}

/* The sum in out, whose precision decides how: mpfr_sum is correctly rounded. */
static inline int sum_total(const struct sum *s, mpfr_t out, mpfr_rnd_t mode)
{
    mpfr_ptr *table = malloc((size_t)(s->count + 1) * sizeof *table);
    cr_assert_not_null(table);
    for (int64_t i = 0; i < s->count; i++)
        table[i] = s->term[i];
    const int ternary = mpfr_sum(out, table, (unsigned long)s->count, mode);
    free(table);
    return ternary;
}

/* The 64-bit number x, truncated, and whether something was cut off it. */
static inline struct vjp_odd odd_of(mpfr_srcptr x, bool inexact)
{
    if (mpfr_zero_p(x))
        return (struct vjp_odd){0};
    mpz_t m;
    mpz_init(m);
    struct vjp_odd odd = {.negative = mpfr_sgn(x) < 0};
    odd.exponent = (int32_t)mpfr_get_z_2exp(m, x);
    odd.significand = mpz_get_ui(m) | inexact; /* of the absolute value */
    mpz_clear(m);
    return odd;
}

static inline struct vjp_odd sum_odd(const struct sum *s)
{
    mpfr_t x;
    mpfr_init2(x, 64);
    const bool inexact = sum_total(s, x, MPFR_RNDZ) != 0;
    const struct vjp_odd odd = odd_of(x, inexact);
    mpfr_clear(x);
    return odd;
}

static inline bool same_odd(const struct vjp_odd *a, const struct vjp_odd *b)
{
    return a->significand == b->significand && a->exponent == b->exponent &&
           a->negative == b->negative;
}

#define ODD         "%c%#" PRIx64 " 2^%" PRId32
#define ODD_ARGS(x) (x).negative ? '-' : '+', (x).significand, (x).exponent

/* Any finite number of the format, all bit patterns alike. */
static inline double any_number(uint64_t *state, enum vjp_dtype dtype)
{
    for (;;) {
        const uint64_t bits = next_random(state) >> (64 - 8 * vjp_format(dtype)->bytes);
        if (!vjp_bits_is_nan(dtype, bits) && !vjp_bits_is_inf(dtype, bits))
            return vjp_bits_to_double(dtype, bits);
    }
}

#endif
