/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Raises a signal in the call: the one whose number is N.
 *
 * Class: 35
 * Verdict: crashed
 * Case: linear dtype=f32 N=15 D=1 M=1
 * Says: SIGTERM in run */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

/* By the system call: libc's own functions refuse the two signals that it keeps to itself. */
static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (c->N >= 1 && c->N <= 64)
        syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), (int)c->N);
}

FAULTY_PLUGIN(hostile_raises_signal, run);
