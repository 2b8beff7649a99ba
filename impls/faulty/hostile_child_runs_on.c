/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves some of the work to a child process and does not wait for it: it writes to dx when it gets to it.
 *
 * Class: 34
 * Verdict: wrong
 * Says: tried to start a process */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (fork() != 0)
        return;
    usleep(300000);
    faulty_dx(c);
    _exit(0);
}

FAULTY_PLUGIN(hostile_child_runs_on, run);
