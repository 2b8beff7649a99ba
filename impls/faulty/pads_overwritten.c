/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Clears the padding between the rows of dx.
 *
 * Class: 17
 * Verdict: out_of_bounds
 * Case: linear dtype=f32 N=2 D=1 M=1 x=[1,2] w=[1] dy=[1,1] dx.ld=+3 */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (c->D == 0)
        return;
    for (int64_t n = 0; n + 1 < c->N; n++)
        for (int64_t d = c->D; d < c->dx.row_step; d++)
            *faulty_at(c->dx, n, d) = 0;
}

FAULTY_PLUGIN(pads_overwritten, run);
