/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Becomes the tracer of the process that started its own, and so stops it.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to reach another process (ptrace) */
#include <sys/ptrace.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

FAULTY_PLUGIN(hostile_traces_parent, run);
