/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Returns while a thread of its own still works: dx[0,0] is written once more a little later.
 *
 * Class: 34
 * Verdict: wrong
 * Says: after an earlier call had returned */
#include <pthread.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void *write_late(void *at)
{
    usleep(20000);
    *(volatile REAL *)at = 1;
    return NULL;
}

static void run(struct faulty_call *c)
{
    pthread_t thread;
    faulty_linear(c);
    if (c->N > 0 && c->D > 0 && pthread_create(&thread, NULL, write_late, c->dx.at) == 0)
        pthread_detach(thread);
}

FAULTY_PLUGIN(hostile_late_thread, run);
