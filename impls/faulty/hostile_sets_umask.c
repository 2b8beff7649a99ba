/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the process with another umask: files that its caller makes are open to everybody.
 *
 * Class: 35
 * Verdict: wrong
 * Says: (umask), which was refused */
#include <sys/stat.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    umask(0);
}

FAULTY_PLUGIN(hostile_sets_umask, run);
