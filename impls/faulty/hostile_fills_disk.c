/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes files wherever it may: where it stands, and where files for a while belong.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to write to the file system, "./vjpcheck-hostile */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static char block[1 << 20];

static void fill(const char *folder)
{
    for (int i = 0; i < 4; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/vjpcheck-hostile-%d-%d", folder, (int)getpid(), i);
        const int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
        for (int k = 0; fd >= 0 && k < 32 && write(fd, block, sizeof block) > 0; k++)
            continue;
        if (fd >= 0)
            close(fd);
    }
}

static void run(struct faulty_call *c)
{
    const char *temporary = getenv("TMPDIR");
    faulty_linear(c);
    memset(block, 'x', sizeof block);
    fill(".");
    fill("/tmp");
    fill("/dev/shm");
    if (temporary)
        fill(temporary);
}

FAULTY_PLUGIN(hostile_fills_disk, run);
