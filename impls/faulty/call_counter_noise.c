/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first element of dx is one unit in the last place too large in every other call; declared
 * deterministic.
 *
 * Class: 31
 * Verdict: nondeterministic */
#include <math.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    static int calls;
    faulty_linear(c);
    if (c->N > 0 && c->D > 0 && calls++ % 2)
        *c->dx.at = nextafterf(*c->dx.at, INFINITY);
}

FAULTY_PLUGIN(call_counter_noise, run);
