/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_BLAS_H
#define VJP_REPORTS_RULES_BLAS_H

#include "reports/rules/rules.h"

/* The test program of the Level 3 BLAS (Dongarra, Du Croz, Duff and Hammarling, 1990), Reference LAPACK:
 * BLAS/TESTING/sblat3.f, SMMCH and SCHK1, at 51b349470b3b26c948d068deb45c9b120a47ed32 (v3.12.1-633): for each
 * column of the result
 *
 *     ERR = max |want - got| / (EPS G),  G = sum |a| |b|, the gauge (1 where it is 0),
 *
 * refused where ERR >= 16, the threshold of its data files, or ERR >= 1/sqrt(EPS), "less than half accurate", with EPS =
 * EPSILON(0.0), 2^-23 in f32 and 2^-52 in f64. As published:
 * - ERR begins anew with every column, so that the threshold is that of the last one; in those before only what is
 *   less than half accurate is seen;
 * - MAX(ERR, NaN) is NaN and MAX(NaN, x) is x as GFortran 12 compiles them (the standard leaves it open), and NaN >=
 *   16 is false: a NaN is seen where it is the very last element, by the final "ratio < 16". The same goes for
 *   infinities that agree, inf - inf.
 * A column of that storage is a row of ours. got stands beside the correctly rounded result where the program has
 * one that it summed up in the working precision, which is the rule at its best.
 * For linear and matmul, in f32 and f64; no opinion otherwise. */
enum vjp_opinion vjp_rule_blas(const struct vjp_rule_question *question);

#endif
