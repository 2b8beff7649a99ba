/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/theory.h"

#include <math.h>

double vjp_theory_deterministic(double k, double u)
{
    return k * u;
}

double vjp_theory_lambda(double k, double u, double failure)
{
    return sqrt(2 * log(2 * k / failure)) / (1 - u);
}

double vjp_theory_probabilistic(double k, double u, double lambda)
{
    return expm1(lambda * sqrt(k) * u + k * u * u / (1 - u));
}

double vjp_theory_tree(double h, double u)
{
    return h * u < 1 ? h * u / (1 - h * u) : (double)INFINITY;
}

double vjp_theory_operands(double u)
{
    return 2 * u + u * u;
}

double vjp_theory_operands_probable(double u, double spread, double failure)
{
    return 2 * u * spread * sqrt(log(2 / failure));
}

/* The product, and k - 1 additions. */
double vjp_theory_height_sequential(double k)
{
    return k;
}

double vjp_theory_height_pairwise(double k)
{
    return 1 + ceil(log2(k));
}

double vjp_theory_height_lanes(double k, double lanes)
{
    const double used = fmin(k, lanes);
    return ceil(k / used) + ceil(log2(used));
}
