/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves shared memory behind of System V's kind, which outlives the process.
 *
 * Class: 35
 * Verdict: wrong
 * Says: (shmget), which was refused */
#include <sys/ipc.h>
#include <sys/shm.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    shmget(0x766a7063, 1 << 20, IPC_CREAT | 0600);
}

FAULTY_PLUGIN(hostile_shares_segment, run);
