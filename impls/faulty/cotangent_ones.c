/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes dy as all ones, whatever it holds.
 *
 * Class: 1
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    REAL one = 1;
    struct faulty_call ones = *c;
    ones.dy = (struct faulty_matrix){&one, c->N, c->M, 0, 0};
    faulty_linear(&ones);
}

FAULTY_PLUGIN(cotangent_ones, run);
