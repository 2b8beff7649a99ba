/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Turns results below the normal range into zero, and does not declare it.
 *
 * A result without cancellation is then off by S, the sum of its terms' magnitudes; no precision of
 * the accumulator explains that.
 *
 * Class: 24
 * Verdict: wrong
 * Case: linear dtype=f32 N=1 D=1 M=1 x=[1] w=[0x1p-130] dy=[1] */
#include <float.h>
#include <math.h>

#include "impls/faulty/faulty.h"

static void put(REAL *out, REAL sum, int accumulate)
{
    faulty_put(out, sum, accumulate);
    if (fabsf(*out) < FLT_MIN)
        *out = 0;
}

static void run(struct faulty_call *c)
{
    c->put = put;
    faulty_linear(c);
}

FAULTY_PLUGIN(flushes_subnormals, run);
