/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kills the process that started its own.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to reach another process (kill) */
#include <signal.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    kill(getppid(), SIGKILL);
}

FAULTY_PLUGIN(hostile_kills_parent, run);
