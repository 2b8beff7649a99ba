/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Becomes another program.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to start a process or program (execve) */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    execl("/bin/true", "true", (char *)NULL);
}

FAULTY_PLUGIN(hostile_runs_program, run);
