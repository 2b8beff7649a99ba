/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves every signal blocked.
 *
 * Class: 35
 * Verdict: wrong
 * Says: left the signal mask changed: SIGHUP is blocked */
#include <signal.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    sigset_t all;
    faulty_linear(c);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

FAULTY_PLUGIN(hostile_blocks_signals, run);
