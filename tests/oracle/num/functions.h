/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_NUM_FUNCTIONS_H
#define VJP_TESTS_ORACLE_NUM_FUNCTIONS_H

#include "oracle/num/real.h"
#include "tests/oracle/num/ball.h"
#include "tests/oracle/num/operands.h"

/* The functions under test, each with its witnesses and what is known of it. */

/* log1p has a domain of its own, and a test of its own. */
enum { SQRT, RSQRT, EXP, LOG, TANH, ERF, SIGMOID, SOFTPLUS, FUNCTIONS, LOG1P = FUNCTIONS };
static const struct {
    const char *name;
    void (*own)(struct vjp_real *, const struct vjp_real *);
    void (*ball)(arb_t, const arb_t, slong);
    int (*mpfi)(mpfi_ptr, mpfi_srcptr); /* NULL: MPFI has it not */
    bool positive;                      /* the domain */
    bool decreasing;
    int units; /* the ends are at most so many units from the tightest */
    double at_minus_inf, at_plus_inf;
} table[] = {
    [SQRT] = {"sqrt", vjp_real_sqrt, arb_sqrt, mpfi_sqrt, true, false, 0, NAN, INFINITY},
    [RSQRT] = {"rsqrt", vjp_real_rsqrt, ball_rsqrt, NULL, true, true, 0, NAN, 0},
    [EXP] = {"exp", vjp_real_exp, arb_exp, mpfi_exp, false, false, 0, 0, INFINITY},
    [LOG] = {"log", vjp_real_log, arb_log, mpfi_log, true, false, 0, NAN, INFINITY},
    [TANH] = {"tanh", vjp_real_tanh, arb_tanh, mpfi_tanh, false, false, 0, -1, 1},
    [ERF] = {"erf", vjp_real_erf, ball_erf, NULL, false, false, 0, -1, 1},
    [SIGMOID] = {"sigmoid", vjp_real_sigmoid, ball_sigmoid, NULL, false, false, 2, 0, 1},
    [SOFTPLUS] = {"softplus", vjp_real_softplus, ball_softplus, NULL, false, false, 2, 0, INFINITY},
    [LOG1P] = {"log1p", vjp_real_log1p, arb_log1p, NULL, false, false, 0, NAN, INFINITY},
};

#endif
