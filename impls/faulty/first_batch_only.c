/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads the first row of dy for every row of the batch: right for N = 1.
 *
 * Class: 2, 7
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    c->dy.row_step = 0;
    faulty_linear(c);
}

FAULTY_PLUGIN(first_batch_only, run);
