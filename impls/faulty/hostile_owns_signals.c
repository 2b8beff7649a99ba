/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Has the system kill the process that started its own, as the owner of a pipe in which something happens.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to reach another process (fcntl) */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    int ends[2];
    faulty_linear(c);
    if (pipe(ends) != 0)
        return;
    fcntl(ends[0], F_SETOWN, getppid());
    fcntl(ends[0], F_SETSIG, SIGKILL);
    fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK);
    (void)!write(ends[1], "", 1);
    close(ends[0]);
    close(ends[1]);
}

FAULTY_PLUGIN(hostile_owns_signals, run);
