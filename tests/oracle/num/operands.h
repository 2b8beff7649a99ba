/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_NUM_OPERANDS_H
#define VJP_TESTS_ORACLE_NUM_OPERANDS_H

#include "oracle/num/real.h"
#include "tests/oracle/support.h"

#include <string.h>

/* The working precision of most tests here: low, so that everything is inexact. */
#define FEW 20

/* An interval with both ends inexact doubles of at most FEW bits. */
static inline void set_interval(struct vjp_real *r, double low, double high)
{
    mpfr_set_d(&r->ends->left, low, MPFR_RNDD);
    mpfr_set_d(&r->ends->right, high, MPFR_RNDU);
    r->kind = VJP_REAL_FINITE;
    r->point = false;
    r->set = false;
}

static inline void set_double(struct vjp_real *r, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    vjp_real_set_bits(r, VJP_F64, bits);
}

/* Whether r is what IEEE 754 calls value (the sign of a zero apart), known exactly. */
static inline bool is_double(const struct vjp_real *r, double value)
{
    if (isnan(value))
        return r->kind == VJP_REAL_NAN && !r->set;
    if (isinf(value))
        return r->kind == (value > 0 ? VJP_REAL_POS_INF : VJP_REAL_NEG_INF) && !r->set;
    return r->kind == VJP_REAL_FINITE && r->point && !r->set &&
           mpfr_cmp_d(vjp_real_low(r), value) == 0 && mpfr_cmp_d(vjp_real_high(r), value) == 0;
}

/* Whether r is [low, high], and a set or not. */
static inline bool is_interval(const struct vjp_real *r, double low, double high, bool set)
{
    return r->kind == VJP_REAL_FINITE && !r->point && r->set == set &&
           mpfr_cmp_d(vjp_real_low(r), low) == 0 && mpfr_cmp_d(vjp_real_high(r), high) == 0;
}

/* Operands of every sort, for the tests of aliasing. */
enum { SORTS = 13 };
static inline void set_sort(struct vjp_real *r, int sort)
{
    static const double special[] = {0, 0x1.8p-3, -0x1.0001p4, INFINITY, -INFINITY, NAN};
    static const double interval[][2] = {{-0x1.1p0, 0x1.7p1},
                                         {0x1.3p0, 0x1.7p1},
                                         {-0x1.3p2, -0x1.1p0},
                                         {-0x1.3p2, 0},
                                         {0, 0x1.0001p1}};
    if (sort < 6) {
        set_double(r, special[sort]);
    } else if (sort < 11) {
        set_interval(r, interval[sort - 6][0], interval[sort - 6][1]);
    } else if (sort == 11) {
        vjp_real_set_range(r, -1, 2);
    } else {
        r->kind = VJP_REAL_UNKNOWN;
        r->set = false;
    }
}

/* The two ends of a random interval, neither of more than FEW bits; now and then one of them is 0. */
static inline void random_ends(uint64_t *state, double ends[2])
{
    ends[0] = random_number(state, FEW, (int)random_between(state, -5, 5));
    ends[1] = random_number(state, FEW, (int)random_between(state, -5, 5));
    if (next_random(state) % 8 == 0)
        ends[0] = 0;
    if (ends[0] > ends[1]) {
        const double swap = ends[0];
        ends[0] = ends[1];
        ends[1] = swap;
    }
}

#endif
