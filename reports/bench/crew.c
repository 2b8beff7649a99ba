/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "reports/bench/clock.h"

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int ready;
    bool go, leave;
    void (*work)(void *env, int index);
    void *env;
};

struct member {
    struct crew *crew;
    int index;
    pthread_t thread;
};

static void *serve(void *arg)
{
    const struct member *member = arg;
    struct crew *crew = member->crew;
    pthread_mutex_lock(&crew->mutex);
    crew->ready++;
    pthread_cond_broadcast(&crew->changed);
    while (!crew->go && !crew->leave)
        pthread_cond_wait(&crew->changed, &crew->mutex);
    const bool leave = crew->leave;
    pthread_mutex_unlock(&crew->mutex);
    if (!leave)
        crew->work(crew->env, member->index);
    return NULL;
}

/* Waits until the count members have come, and lets them begin, or leave. */
static void release(struct crew *crew, int count, bool leave)
{
    pthread_mutex_lock(&crew->mutex);
    while (crew->ready < count)
        pthread_cond_wait(&crew->changed, &crew->mutex);
    crew->go = !leave;
    crew->leave = leave;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->mutex);
}

bool vjp_crew_time(int threads, void (*work)(void *env, int index), void *env, double *seconds)
{
    struct crew crew = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                        .changed = PTHREAD_COND_INITIALIZER,
                        .work = work,
                        .env = env};
    struct member *member = calloc((size_t)threads, sizeof *member);
    int count = 0;
    while (member && count < threads - 1) {
        member[count] = (struct member){.crew = &crew, .index = count + 1};
        if (pthread_create(&member[count].thread, NULL, serve, &member[count]) != 0)
            break;
        count++;
    }
    const bool whole = member && count == threads - 1;
    release(&crew, count, !whole);
    const double start = vjp_clock_now();
    if (whole)
        work(env, 0);
    for (int i = 0; i < count; i++)
        pthread_join(member[i].thread, NULL);
    *seconds = vjp_clock_now() - start;
    free(member);
    return whole;
}
