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
}

static inline void set_double(struct vjp_real *r, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    vjp_real_set_bits(r, VJP_F64, bits);
}

#endif
