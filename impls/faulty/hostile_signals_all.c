/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends a signal to every process that it may.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to reach another process (kill) */
#include <signal.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    kill(-1, SIGCONT); /* which does nothing to most: it would go out where nobody holds it back */
}

FAULTY_PLUGIN(hostile_signals_all, run);
