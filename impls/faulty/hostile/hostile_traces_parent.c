/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Becomes the tracer of the process that started its own, and so stops it.
 *
 * Verdict: crashed
 * Says: the process ended by itself, with exit status 4 */
#include <sys/ptrace.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    const long traced = ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
    _exit(traced == 0 ? 3 : 4);
}

FAULTY_PLUGIN(hostile_traces_parent, run);
