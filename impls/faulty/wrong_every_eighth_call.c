/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Right in seven calls, then one in which the sign is lost, and so on: the next call writes over it.
 *
 * Class: 31
 * Verdict: state_dependent */
#include "impls/faulty/faulty.h"

static REAL subtract_term(REAL sum, REAL a, REAL b)
{
    return sum - a * b;
}

static void run(struct faulty_call *c)
{
    static int calls;
    if (++calls % 8 == 0)
        c->add_term = subtract_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(wrong_every_eighth_call, run);
