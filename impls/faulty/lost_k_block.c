/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the sums of dx have more than one block of 32 terms, the first block is lost.
 *
 * Class: 5
 * Verdict: wrong
 * Case: linear dtype=f32 N=1 D=1 M=33 x=const:1 w=const:1 dy=const:1 */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_dw(c);
    faulty_db(c);
    if (c->M > 32) {
        c->dy.at += 32 * c->dy.col_step;
        c->w.at += 32 * c->w.col_step;
        c->dy.cols -= 32;
    }
    faulty_dx(c);
}

FAULTY_PLUGIN(lost_k_block, run);
