/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes from the process that a debugger may attach to it and that it may dump core.
 *
 * Class: 35
 * Verdict: wrong
 * Says: (prctl), which was refused */
#include <sys/prctl.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    prctl(PR_SET_DUMPABLE, 0);
}

FAULTY_PLUGIN(hostile_undumpable, run);
