/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Walks the rows of x with the leading dimension of dx. It takes the smaller of the two, so that it
 * stays inside x: the defect is in the numbers, not in the memory.
 *
 * Class: 3
 * Verdict: wrong
 * Case: linear dtype=f32 N=2 D=1 M=1 x=[1,2] w=[1] dy=[1,1] x.ld=+3 */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->dx.row_step < c->x.row_step)
        c->x.row_step = c->dx.row_step;
    faulty_linear(c);
}

FAULTY_PLUGIN(swapped_ld, run);
