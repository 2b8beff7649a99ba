/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Waits for somebody to type a line.
 *
 * Class: 34
 * Verdict: hung
 * Says: no answer after */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    char byte;
    faulty_linear(c);
    while (read(STDIN_FILENO, &byte, 1) != 1)
        usleep(1000);
}

FAULTY_PLUGIN(hostile_waits_for_input, run);
