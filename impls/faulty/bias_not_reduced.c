/* SPDX-License-Identifier: GPL-3.0-or-later */

/* db is the last row of dy, not the sum of its rows.
 *
 * Class: 10
 * Verdict: wrong
 * Case: linear dtype=f32 N=2 D=1 M=1 bias=1 x=[1,1] w=[1] b=[0] dy=[1,2] */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_dx(c);
    faulty_dw(c);
    if (c->N > 0) {
        c->dy.at += (c->N - 1) * c->dy.row_step;
        c->ones.cols = 1;
    }
    faulty_db(c);
}

FAULTY_PLUGIN(bias_not_reduced, run);
