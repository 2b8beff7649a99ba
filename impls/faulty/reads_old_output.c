/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Overwrites by beta = 0 times the old output plus the new one: the old one may hold NaN.
 *
 * Class: 9
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void put(REAL *out, REAL sum, int accumulate)
{
    const REAL beta = accumulate ? 1 : 0;
    *out = beta * *out + sum;
}

static void run(struct faulty_call *c)
{
    c->put = put;
    faulty_linear(c);
}

FAULTY_PLUGIN(reads_old_output, run);
