/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first element of dx is too large by 0, 1 or 2 units in the last place, in turn from call to
 * call; declared deterministic. In threes, so that it never keeps step with a caller that goes
 * through two patterns.
 *
 * Verdict: nondeterministic */
#include <math.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    static int calls;
    faulty_linear(c);
    calls = (calls + 1) % 3;
    if (c->N > 0 && c->D > 0)
        for (int i = 0; i < calls; i++)
            *c->dx.at = nextafterf(*c->dx.at, INFINITY);
}

FAULTY_PLUGIN(call_counter_noise, run);
