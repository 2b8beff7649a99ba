/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes a product that is NaN as zero, as max(0, NaN) does.
 *
 * Class: 25
 * Verdict: wrong
 * Case: linear dtype=f32 N=1 D=1 M=2 x=[1] w=[nan,1] dy=[1,1] */
#include <math.h>

#include "impls/faulty/faulty.h"

static REAL add_term(REAL sum, REAL a, REAL b)
{
    const REAL term = a * b;
    return isnan(term) ? sum : sum + term;
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(swallows_nan, run);
