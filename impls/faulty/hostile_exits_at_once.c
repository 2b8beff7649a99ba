/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ends the process by _exit, with status 0 and every gradient right: no handler of exit runs.
 *
 * Class: 35
 * Verdict: crashed
 * Says: the process ended by itself, with exit status 0 */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    _exit(0);
}

FAULTY_PLUGIN(hostile_exits_at_once, run);
