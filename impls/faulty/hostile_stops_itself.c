/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stops its process, which is not ended by that and never goes on.
 *
 * Class: 34
 * Verdict: hung
 * Says: stopped by SIGSTOP */
#include <signal.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    raise(SIGSTOP);
}

FAULTY_PLUGIN(hostile_stops_itself, run);
