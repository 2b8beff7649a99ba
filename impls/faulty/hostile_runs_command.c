/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lets a shell do something.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to start a process or program */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    (void)!system("true");
}

FAULTY_PLUGIN(hostile_runs_command, run);
