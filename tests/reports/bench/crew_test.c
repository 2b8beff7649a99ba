/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/crew.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <unistd.h>

struct meeting {
    pthread_barrier_t barrier;
    int came[8];
};

/* Nobody gets past the barrier until all are at work. */
static void meet(void *env, int index)
{
    struct meeting *meeting = env;
    meeting->came[index]++;
    pthread_barrier_wait(&meeting->barrier);
}

Test(crew, all_work_at_the_same_time_once_each, .timeout = 10)
{
    for (int threads = 1; threads <= 8; threads++) {
        struct meeting meeting = {0};
        double seconds = -1;
        pthread_barrier_init(&meeting.barrier, NULL, (unsigned)threads);
        cr_assert(vjp_crew_time(threads, meet, &meeting, &seconds));
        pthread_barrier_destroy(&meeting.barrier);
        for (int i = 0; i < 8; i++)
            cr_expect_eq(meeting.came[i], i < threads);
        cr_expect_geq(seconds, 0);
    }
}

static void rest(void *env, int index)
{
    (void)env;
    usleep(index == 1 ? 20000 : 0);
}

Test(crew, the_time_lasts_until_the_last_one_ends)
{
    double seconds = 0;
    cr_assert(vjp_crew_time(3, rest, NULL, &seconds));
    cr_expect_geq(seconds, 0.02);
}
