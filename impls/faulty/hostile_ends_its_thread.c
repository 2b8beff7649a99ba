/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ends the thread that called it. No other is left, so that the process ends, with status 0.
 *
 * Class: 35
 * Verdict: crashed
 * Says: the process ended by itself, with exit status 0 */
#include <pthread.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    pthread_exit(NULL);
}

FAULTY_PLUGIN(hostile_ends_its_thread, run);
