/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kills its process group.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to reach another process (kill) */
#include <signal.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    kill(0, SIGKILL);
}

FAULTY_PLUGIN(hostile_kills_group, run);
