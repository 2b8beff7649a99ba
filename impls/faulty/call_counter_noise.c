/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every other call, the first element of dx is off by its last bit; declared deterministic.
 *
 * Verdict: nondeterministic */
#include <math.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    static int odd;
    faulty_linear(c);
    odd = !odd;
    if (odd && c->N > 0 && c->D > 0)
        *c->dx.at = nextafterf(*c->dx.at, 0);
}

FAULTY_PLUGIN(call_counter_noise, run);
