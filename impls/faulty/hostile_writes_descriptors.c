/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes to every file descriptor that there is, those of its caller included.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to write to file descriptor 3 */
#include <string.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    char junk[4096];
    faulty_linear(c);
    memset(junk, 0x5a, sizeof junk);
    for (int fd = 0; fd < 1024; fd++)
        (void)!write(fd, junk, sizeof junk);
}

FAULTY_PLUGIN(hostile_writes_descriptors, run);
