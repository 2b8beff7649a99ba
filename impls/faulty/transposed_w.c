/* SPDX-License-Identifier: GPL-3.0-or-later */

/* dx = dy w where w is square, in place of dy w^T: right for symmetric w and for every other shape.
 *
 * Class: 3, 6
 * Verdict: wrong
 * Case: linear dtype=f32 N=1 D=2 M=2 x=[1,1] w=[1,2,3,4] dy=[1,1] */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_dw(c);
    faulty_db(c);
    if (c->D == c->M)
        c->w = faulty_transposed(c->w);
    faulty_dx(c);
}

FAULTY_PLUGIN(transposed_w, run);
