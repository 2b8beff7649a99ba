/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Closes every file descriptor, those of its caller included.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to close file descriptor 0 (stdin) */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
}

FAULTY_PLUGIN(hostile_closes_descriptors, run);
