/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads dy in whole vectors of 8: the tail of the last row is read past its end, and not used.
 *
 * Class: 16
 * Verdict: out_of_bounds */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    for (int64_t n = 0; n < c->N; n++)
        for (int64_t m = 0; m < (c->M + 7) / 8 * 8; m++)
            (void)*(volatile REAL *)faulty_at(c->dy, n, m);
    faulty_linear(c);
}

FAULTY_PLUGIN(reads_past_end, run);
