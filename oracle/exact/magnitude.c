/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/magnitude.h"

#include <math.h>
#include <stdlib.h>

/* x 2^exponent, not below the number itself. */
static double scale_up(double x, int exponent)
{
    const double y = ldexp(x, exponent);
    return x > 0 && y < 0x1p-1021 ? y + 0x1p-1074 : y;
}

/* Each product and each addition in long
 * double, of 64 bits and more exponents than products of doubles need, loses at most 2^-64 of itself. */
double vjp_magnitude_of(const double *a, const double *b, int64_t n, double old)
{
    long double sum = isfinite(old) ? fabsl(old) : 0;
    for (int64_t k = 0; k < n; k++) {
        const long double term = fabsl((long double)a[k] * b[k]);
        if (isfinite(term))
            sum += term;
    }
    sum *= 1 + (long double)(n + 4) * 0x1p-62L;
    const double up = (double)sum;
    return up < sum ? nextafter(up, INFINITY) : up;
}

double vjp_magnitude_special(const double *a, const double *b, int64_t n, double old)
{
    double sum = isfinite(old) ? 0 : old;
    for (int64_t k = 0; k < n; k++) {
        if (!isfinite(a[k]) || !isfinite(b[k]))
            sum += a[k] * b[k];
    }
    return sum;
}

double vjp_magnitude_unscale(double s, int i, int j)
{
    /* The two factors are normal numbers, and s times them is: s is 0 or at least 2^-800. */
    if (abs(i) <= 100 && abs(j) <= 100)
        return s * ldexp(1, i) * ldexp(1, j);
    return scale_up(s, i + j);
}
