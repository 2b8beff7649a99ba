/* SPDX-License-Identifier: GPL-3.0-or-later */

/* With two threads and more two of them read past the end of dy at the same moment: a fault that is one thread's
 * is two, and whoever looks at the first must not be disturbed by the second.
 *
 * Class: 16, 30
 * Verdict: out_of_bounds
 * Case: linear dtype=f32 N=2 D=1 M=4 x=[1,2] w=[1,1,1,1] dy=[1,1,1,1,1,1,1,1] dy.align=48 threads=2 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "impls/faulty/faulty.h"

struct pair {
    atomic_int arrived; /* spun on: who waits in the kernel does not wake at the same moment */
    const volatile REAL *last;
};

/* A page further on there is nothing, wherever dy ends in its own. */
static void *read_far(void *argument)
{
    struct pair *pair = (struct pair *)argument;
    atomic_fetch_add(&pair->arrived, 1);
    while (atomic_load(&pair->arrived) < 2)
        ;
    (void)pair->last[4096 / sizeof(REAL)];
    return NULL;
}

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    if (c->threads < 2 || c->N == 0 || c->M == 0)
        return;
    struct pair pair = {.last = faulty_at(c->dy, c->N - 1, c->M - 1)};
    pthread_t helper;
    if (pthread_create(&helper, NULL, read_far, &pair) != 0)
        abort();
    read_far(&pair);
    pthread_join(helper, NULL);
}

FAULTY_PLUGIN(threads_fault_together, run);
