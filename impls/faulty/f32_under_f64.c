/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rounds every product and every sum of f64 operands to the 24 bits of f32, and declares f64.
 *
 * As in narrow_accumulator the exponent range is kept: nothing is rounded below 2^-900, nothing to
 * infinity.
 *
 * Class: 23
 * Verdict: inaccurate */
#define FAULTY_F64
#include "impls/faulty/faulty.h"
#include "impls/faulty/rounding.h"

static double narrowed(double value)
{
    const double rounded = faulty_round(value, 24);
    return fabs(value) < 0x1p-900 || !isfinite(rounded) ? value : rounded;
}

static REAL add_term(REAL sum, REAL a, REAL b)
{
    return narrowed(sum + narrowed(a * b));
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(f32_under_f64, run);
