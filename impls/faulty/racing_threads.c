/* SPDX-License-Identifier: GPL-3.0-or-later */

/* With two threads and more each half of the batch is added to dw[0,0] by a thread of its own,
 * without a lock: one update is lost.
 *
 * Barriers make certain what a race leaves to chance: both threads read before either writes, and
 * the helper writes first. So the second half is lost each time, and the answer is wrong rather than
 * now right and now not.
 *
 * Class: 30
 * Verdict: wrong
 * Case: linear dtype=f32 N=2 D=1 M=1 x=[1,2] w=[1] dy=[1,1] threads=2 */
#include <pthread.h>
#include <stdlib.h>

#include "impls/faulty/faulty.h"

struct race {
    const struct faulty_call *call;
    pthread_barrier_t barrier;
};

static REAL sum_rows(const struct faulty_call *c, int64_t from, int64_t end)
{
    REAL sum = 0;
    for (int64_t n = from; n < end; n++)
        sum += *faulty_at(c->x, n, 0) * *faulty_at(c->dy, n, 0);
    return sum;
}

static void *add_second_half(void *argument)
{
    struct race *race = (struct race *)argument;
    const struct faulty_call *c = race->call;
    const REAL sum = *c->dw.at + sum_rows(c, c->N / 2, c->N);
    pthread_barrier_wait(&race->barrier);
    *c->dw.at = sum;
    pthread_barrier_wait(&race->barrier);
    return NULL;
}

static void add_both_halves(struct faulty_call *c)
{
    struct race race = {.call = c};
    pthread_t helper;
    if (pthread_barrier_init(&race.barrier, NULL, 2) != 0 ||
        pthread_create(&helper, NULL, add_second_half, &race) != 0)
        abort();
    const REAL sum = *c->dw.at + sum_rows(c, 0, c->N / 2);
    pthread_barrier_wait(&race.barrier);
    pthread_barrier_wait(&race.barrier);
    *c->dw.at = sum;
    pthread_join(helper, NULL);
    pthread_barrier_destroy(&race.barrier);
}

static void run(struct faulty_call *c)
{
    if (c->threads < 2 || c->N < 2 || c->D == 0 || c->M == 0) {
        faulty_linear(c);
        return;
    }
    const REAL old = c->accumulate ? *c->dw.at : 0;
    faulty_linear(c);
    *c->dw.at = old;
    add_both_halves(c);
}

FAULTY_PLUGIN(racing_threads, run);
