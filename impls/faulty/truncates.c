/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Products and sums are cut to 24 bits, rounded toward zero.
 *
 * Each operation may lose 2u of its result in place of u: the error may reach twice the bound k u S.
 * With one term or two that is seen on random data as well; with many the partial sums are mostly
 * smaller than S, and the error stays inside. In the case below every sum is cut by nearly a whole
 * unit: 1 + 3 (2^-23 - 2^-47) becomes 1, off by 6 u, where the bound is 4 u.
 *
 * Class: 28
 * Verdict: inaccurate
 * Case: linear dtype=f32 N=1 D=1 M=4 w=const:1 dy=[1,0x1.fffffep-24,0x1.fffffep-24,0x1.fffffep-24]
 */
#include <math.h>

#include "impls/faulty/faulty.h"

static double cut(double value)
{
    int exponent;
    if (value == 0 || !isfinite(value))
        return value;
    const double significand = ldexp(frexp(value, &exponent), 24);
    return ldexp(trunc(significand), exponent - 24);
}

static REAL add_term(REAL sum, REAL a, REAL b)
{
    return (REAL)cut(sum + cut((double)a * b));
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(truncates, run);
