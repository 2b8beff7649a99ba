/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_THEORY_H
#define VJP_REPORTS_STUDY_THEORY_H

#include <stdint.h>

/* What theory says of the componentwise backward error omega = |error| / S of a sum of k products in a format with unit
 * roundoff u, rounding to nearest, without the rounding of the result to a narrower format. */

/* k u, for any order, with FMA or without: Jeannerod and Rump, "Improved error bounds for inner products in
 * floating-point arithmetic", SIAM J. Matrix Anal. Appl. 34 (2013), theorem 4.2. */
double vjp_theory_deterministic(double k, double u);

/* The lambda for which the bound below fails with at most the given probability, for one element: 2 k exp(-lambda^2
 * (1 - u)^2 / 2) = failure. */
double vjp_theory_lambda(double k, double u, double failure);

/* exp(lambda sqrt(k) u + k u^2 / (1 - u)) - 1, for errors of rounding that are independent and of mean zero: Higham and
 * Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41 (2019), theorem 3.1. */
double vjp_theory_probabilistic(double k, double u, double lambda);

/* h u / (1 - h u), the bound for a tree of additions of height h, with the product's rounding as one of them; infinite
 * where h u >= 1: Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, lemma 3.1 and section 4.2. */
double vjp_theory_tree(double h, double u);

/* 2 u + u^2: the error of operands that were rounded to nearest, to a format with unit roundoff u, before they were
 * multiplied, in any number of terms, as a (1 + d) b (1 + e) = a b (1 + d + e + d e). With that of a sum it is what
 * Blanchard, Higham, Lopez, Mary and Pranesh have for matrix units, "Mixed precision block fused multiply-add: error
 * analysis and application to GPU tensor cores", SIAM J. Sci. Comput. 42 (2020), section 3. It holds in parts of S of the
 * operands as they were and of S of those that were rounded, since |fl(a) - a| is at most u |a| and at most u |fl(a)|.
 * Of terms that have one rounded factor only it is twice what can be; operands that become subnormal are not covered. */
double vjp_theory_operands(double u);

/* 2 u spread sqrt(log(2 / failure)): what that error exceeds with at most the probability failure, for one element, where
 * the roundings are independent and of mean zero. By Hoeffding's inequality (J. Amer. Statist. Assoc. 58, 1963, theorem 2)
 * a sum of independent numbers of mean zero, each in -c_i .. c_i, leaves -x .. x with the probability
 * 2 exp(-x^2 / (2 sum c_i^2)) at most. Here those are t_i d_i and t_i e_i with c_i = u |t_i|, two for each term t_i, so
 * that it is 2 exp(-x^2 / (4 u^2 sum t_i^2)). The product d e, of u^2, is left out. spread: sqrt(sum t_i^2) / S, which is
 * 1 / sqrt(k) for k terms that are alike. */
double vjp_theory_operands_probable(double u, double spread, double failure);

/* Roundings on the longest path from a product to the result: of a sum one after the other, in pairs, and of lanes that
 * each sum every lanes-th term and are added in pairs. k at least 1. */
double vjp_theory_height_sequential(double k);
double vjp_theory_height_pairwise(double k);
double vjp_theory_height_lanes(double k, double lanes);

#endif
