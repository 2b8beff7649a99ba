/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes dx in whole vectors of 8: the tail of the last row is written past its end.
 *
 * Class: 16
 * Verdict: out_of_bounds */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (c->N > 0)
        for (int64_t d = c->D; d < (c->D + 7) / 8 * 8; d++)
            *faulty_at(c->dx, c->N - 1, d) = 0;
}

FAULTY_PLUGIN(writes_past_end, run);
