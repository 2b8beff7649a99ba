/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves shared memory behind that has a name, and outlives the process.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to write to the file system, "/dev/shm/vjpcheck-hostile" */
#include <fcntl.h>
#include <sys/mman.h>
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
}

FAULTY_PLUGIN(hostile_shares_memory, run);
