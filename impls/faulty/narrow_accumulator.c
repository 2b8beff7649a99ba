/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rounds every product and every sum to the 11 bits of binary16, and declares f32.
 *
 * Sums that fit into 11 bits stay exact, the others are inside the bound of binary16's unit roundoff.
 * The exponent range is kept: nothing is rounded below 2^-100, where the bound of a format with 11
 * bits would be all underflow, and nothing is rounded to infinity.
 *
 * Class: 23
 * Verdict: inaccurate */
#include "impls/faulty/faulty.h"
#include "impls/faulty/rounding.h"

/* value is exact, or rounded to 53 bits, which is innocuous before a rounding to 11 (Figueroa). */
static double narrowed(double value)
{
    const double rounded = faulty_round(value, 11);
    return fabs(value) < 0x1p-100 || fabs(rounded) >= 0x1p128 ? value : rounded;
}

static REAL add_term(REAL sum, REAL a, REAL b)
{
    return (REAL)narrowed(sum + narrowed((double)a * b));
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(narrow_accumulator, run);
