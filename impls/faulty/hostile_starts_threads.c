/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starts threads until there are no more, and gives up.
 *
 * Class: 35
 * Verdict: crashed
 * Says: SIGABRT in run */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void *wait_for_ever(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static void run(struct faulty_call *c)
{
    faulty_linear(c);
#if defined(__SANITIZE_ADDRESS__)
    abort(); /* nothing limits their stacks then */
#endif
    pthread_t thread;
    while (pthread_create(&thread, NULL, wait_for_ever, NULL) == 0)
        continue;
    abort();
}

FAULTY_PLUGIN(hostile_starts_threads, run);
