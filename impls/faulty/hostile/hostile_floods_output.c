/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes a gigabyte to stdout.
 *
 * Verdict: wrong
 * Says: MiB and more to stdout and stderr */
#include <string.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    static char block[1 << 20];
    faulty_linear(c);
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 1024; i++)
        (void)!write(i % 2 ? STDERR_FILENO : STDOUT_FILENO, block, sizeof block);
}

FAULTY_PLUGIN(hostile_floods_output, run);
