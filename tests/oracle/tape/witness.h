/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_TAPE_WITNESS_H
#define VJP_TESTS_ORACLE_TAPE_WITNESS_H

/* The operations of a tape once more, by MPFR's own functions and by FLINT's power series. */

#include "oracle/tape/tape.h"
#include "tests/oracle/num/ball.h"

#include <arb_hypgeom.h>
#include <arb_poly.h>
#include <mpfr.h>

#define PRECISION 128
#define WITNESS   (3 * PRECISION)

/* out = f(a, b) by MPFR, to nearest at out's precision but for a few units in the last place. */
typedef void witness(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b);

/* out = f(a) as a power series of length 2, by FLINT. */
typedef void series(arb_poly_t out, const arb_poly_t a);

static void w_add(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    mpfr_add(out, a, b, MPFR_RNDN);
}

static void w_sub(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    mpfr_sub(out, a, b, MPFR_RNDN);
}

static void w_mul(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    mpfr_mul(out, a, b, MPFR_RNDN);
}

static void w_div(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    mpfr_div(out, a, b, MPFR_RNDN);
}

static void w_neg(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_neg(out, a, MPFR_RNDN);
}

static void w_sqrt(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_sqrt(out, a, MPFR_RNDN);
}

static void w_rsqrt(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_sqrt(out, a, MPFR_RNDN);
    mpfr_ui_div(out, 1, out, MPFR_RNDN);
}

static void w_exp(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_exp(out, a, MPFR_RNDN);
}

static void w_log(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_log(out, a, MPFR_RNDN);
}

static void w_tanh(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_tanh(out, a, MPFR_RNDN);
}

static void w_erf(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_erf(out, a, MPFR_RNDN);
}

static void w_sigmoid(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_neg(out, a, MPFR_RNDN);
    mpfr_exp(out, out, MPFR_RNDN);
    mpfr_add_ui(out, out, 1, MPFR_RNDN);
    mpfr_ui_div(out, 1, out, MPFR_RNDN);
}

static void w_softplus(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_exp(out, a, MPFR_RNDN);
    mpfr_log1p(out, out, MPFR_RNDN);
}

static void w_relu(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    if (mpfr_sgn(a) > 0)
        mpfr_set(out, a, MPFR_RNDN);
    else
        mpfr_set_zero(out, 1);
}

static void w_abs(mpfr_t out, mpfr_srcptr a, mpfr_srcptr b)
{
    (void)b;
    mpfr_abs(out, a, MPFR_RNDN);
}

static void s_sqrt(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_sqrt_series(out, a, 2, WITNESS);
}

static void s_rsqrt(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_rsqrt_series(out, a, 2, WITNESS);
}

static void s_exp(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_exp_series(out, a, 2, WITNESS);
}

static void s_log(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_log_series(out, a, 2, WITNESS);
}

static void s_tanh(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_t c;
    arb_poly_init(c);
    arb_poly_sinh_cosh_series(out, c, a, 2, WITNESS);
    arb_poly_div_series(out, out, c, 2, WITNESS);
    arb_poly_clear(c);
}

static void s_erf(arb_poly_t out, const arb_poly_t a)
{
    arb_hypgeom_erf_series(out, a, 2, WITNESS);
}

static void s_sigmoid(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_neg(out, a);
    arb_poly_exp_series(out, out, 2, WITNESS);
    arb_poly_add_si(out, out, 1, WITNESS);
    arb_poly_inv_series(out, out, 2, WITNESS);
}

static void s_softplus(arb_poly_t out, const arb_poly_t a)
{
    arb_poly_exp_series(out, a, 2, WITNESS);
    arb_poly_add_si(out, out, 1, WITNESS);
    arb_poly_log_series(out, out, 2, WITNESS);
}

static const struct operation {
    const char *name;
    int64_t (*one)(struct vjp_tape *, int64_t);
    int64_t (*two)(struct vjp_tape *, int64_t, int64_t);
    witness *value;
    series *series;
    bool positive; /* the domain of the first argument */
} operations[] = {
    {"add", NULL, vjp_tape_add, w_add, NULL, false},
    {"sub", NULL, vjp_tape_sub, w_sub, NULL, false},
    {"mul", NULL, vjp_tape_mul, w_mul, NULL, false},
    {"div", NULL, vjp_tape_div, w_div, NULL, false},
    {"neg", vjp_tape_neg, NULL, w_neg, NULL, false},
    {"sqrt", vjp_tape_sqrt, NULL, w_sqrt, s_sqrt, true},
    {"rsqrt", vjp_tape_rsqrt, NULL, w_rsqrt, s_rsqrt, true},
    {"exp", vjp_tape_exp, NULL, w_exp, s_exp, false},
    {"log", vjp_tape_log, NULL, w_log, s_log, true},
    {"tanh", vjp_tape_tanh, NULL, w_tanh, s_tanh, false},
    {"erf", vjp_tape_erf, NULL, w_erf, s_erf, false},
    {"sigmoid", vjp_tape_sigmoid, NULL, w_sigmoid, s_sigmoid, false},
    {"softplus", vjp_tape_softplus, NULL, w_softplus, s_softplus, false},
    {"relu", vjp_tape_relu, NULL, w_relu, NULL, false},
    {"abs", vjp_tape_abs, NULL, w_abs, NULL, false},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

static inline int64_t apply(struct vjp_tape *tape, const struct operation *o, int64_t a, int64_t b)
{
    return o->one ? o->one(tape, a) : o->two(tape, a, b);
}

#endif
