/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Forks, and both processes come back from the call, as one that forgot which is which.
 *
 * Verdict: wrong
 * Says: left a child process behind */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (fork() < 0)
        _exit(1);
}

FAULTY_PLUGIN(hostile_child_returns, run);
