/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves shared memory of both kinds behind, which outlives the process.
 *
 * Verdict: wrong
 * Says: left files behind */
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    const int fd = shm_open("/vjpcheck-hostile", O_CREAT | O_RDWR, 0600);
    if (fd >= 0) {
        (void)!ftruncate(fd, 1 << 20);
        close(fd);
    }
    shmget(0x766a7063, 1 << 20, IPC_CREAT | 0600);
}

FAULTY_PLUGIN(hostile_shares_memory, run);
