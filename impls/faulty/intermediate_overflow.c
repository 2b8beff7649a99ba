/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Scales products up and down again by 2^100: the result is finite, what lies between is not.
 *
 * Class: 26
 * Verdict: wrong
 * Case: linear dtype=f32 N=1 D=1 M=1 x=[1] w=[0x1p-40] dy=[0x1p40] */
#include "impls/faulty/faulty.h"

static REAL add_term(REAL sum, REAL a, REAL b)
{
    const REAL scaled = a * 0x1p100F;
    return sum + scaled * b * 0x1p-100F;
}

static void run(struct faulty_call *c)
{
    c->add_term = add_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(intermediate_overflow, run);
