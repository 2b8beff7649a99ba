/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Computes in the first ten calls of a process; after that it leaves the outputs as they are. Where they are the
 * same again and again, the right answer stays in them.
 *
 * Class: 31, 32
 * Verdict: state_dependent */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    static int calls;
    if (calls == 10)
        return;
    calls++;
    faulty_linear(c);
}

FAULTY_PLUGIN(stops_working, run);
