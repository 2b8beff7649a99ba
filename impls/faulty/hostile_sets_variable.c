/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves an environment variable changed that other libraries read.
 *
 * Class: 35
 * Verdict: wrong
 * Says: left the environment variable OMP_NUM_THREADS */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    setenv("OMP_NUM_THREADS", "3", 1);
}

FAULTY_PLUGIN(hostile_sets_variable, run);
