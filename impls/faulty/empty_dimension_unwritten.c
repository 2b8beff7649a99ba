/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Returns at once where any dimension is 0, also where an output has elements: sums of no terms.
 *
 * Class: 22
 * Verdict: unwritten
 * Case: linear dtype=f32 N=2 D=2 M=0 */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->N == 0 || c->D == 0 || c->M == 0)
        return;
    faulty_linear(c);
}

FAULTY_PLUGIN(empty_dimension_unwritten, run);
