/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Closes every file descriptor, those of its caller included.
 *
 * Verdict: wrong
 * Says: closed or replaced file descriptor */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
}

FAULTY_PLUGIN(hostile_closes_files, run);
