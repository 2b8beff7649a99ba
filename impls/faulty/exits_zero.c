/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ends the process inside the call, with exit status 0 and every gradient right.
 *
 * Class: 35
 * Verdict: crashed */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    exit(0);
}

FAULTY_PLUGIN(exits_zero, run);
