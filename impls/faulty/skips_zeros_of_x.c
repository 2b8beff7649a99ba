/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves out the terms in which x is zero, to save work: zero times NaN or infinity is lost.
 *
 * Class: 25
 * Verdict: wrong
 * Case: linear dtype=f32 N=2 D=2 M=2 x=[0,1,2,0] w=[0,1,2,0] dy=[nan,1,1,inf] */
#include "impls/faulty/faulty.h"

static REAL skip_zero(REAL sum, REAL a, REAL b)
{
    return a == 0 ? sum : sum + a * b;
}

static void run(struct faulty_call *c)
{
    c->add_term = faulty_add_term;
    faulty_dx(c);
    faulty_db(c);
    c->add_term = skip_zero;
    faulty_dw(c);
}

FAULTY_PLUGIN(skips_zeros_of_x, run);
