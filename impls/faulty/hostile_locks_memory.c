/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Locks every page that the process will have from now on into memory.
 *
 * Class: 35
 * Verdict: wrong
 * Says: (mlockall), which was refused */
#include <sys/mman.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    mlockall(MCL_FUTURE);
}

FAULTY_PLUGIN(hostile_locks_memory, run);
