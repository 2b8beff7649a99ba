/* SPDX-License-Identifier: GPL-3.0-or-later */

/* db is the mean of the rows of dy, not their sum: right for N = 1.
 *
 * Class: 13
 * Verdict: wrong
 * Case: linear dtype=f32 N=2 D=1 M=1 bias=1 x=[1,1] w=[1] b=[0] dy=[1,2] */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    REAL share = 1 / (REAL)c->N;
    struct faulty_call mean = *c;
    mean.ones.at = &share;
    faulty_linear(&mean);
}

FAULTY_PLUGIN(mean_over_batch, run);
