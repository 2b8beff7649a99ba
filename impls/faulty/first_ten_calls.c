/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Right for the first ten calls of a process; then the sign is lost.
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
    if (calls < 10)
        calls++;
    else
        c->add_term = subtract_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(first_ten_calls, run);
