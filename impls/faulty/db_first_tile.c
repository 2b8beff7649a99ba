/* SPDX-License-Identifier: GPL-3.0-or-later */

/* db is summed over the first 64 rows only.
 *
 * Class: 4, 10
 * Verdict: wrong
 * Case: linear dtype=f32 N=65 D=1 M=1 bias=1 x=const:1 w=[1] b=[0] dy=const:1 */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->ones.cols > 64)
        c->ones.cols = 64;
    faulty_linear(c);
}

FAULTY_PLUGIN(db_first_tile, run);
