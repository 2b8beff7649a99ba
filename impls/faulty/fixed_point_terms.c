/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rounds every term to a multiple of 2^-36, as sums in fixed point do, and does not say so: nothing to see among numbers
 * around 1, of which it changes no bit that counts; of small ones nothing is left.
 *
 * Class: 37
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

#include <math.h>

static REAL add_term(REAL sum, REAL a, REAL b)
{
    return sum + rintf(a * b * 0x1p36F) * 0x1p-36F;
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(fixed_point_terms, run);
