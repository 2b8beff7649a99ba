/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/clock.h"

#include <time.h>

#include "cases/base/stream.h"

double vjp_clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double vjp_spin_once(const struct vjp_spin *spin)
{
    static volatile uint64_t sink;
    uint64_t state = sink;
    const double start = vjp_clock_now();
    for (int64_t i = 0; i < spin->steps; i++)
        state = vjp_mix64(state);
    sink = state;
    return vjp_clock_now() - start;
}

void vjp_spin_calibrate(struct vjp_spin *out, double seconds)
{
    struct vjp_spin spin = {.steps = 1024};
    double took = vjp_spin_once(&spin);
    /* By doubling, until what is measured is half of what is wanted: then the clock's own cost is small. */
    while (took < seconds / 2) {
        spin.steps *= 2;
        took = vjp_spin_once(&spin);
    }
    spin.steps = (int64_t)((double)spin.steps * seconds / took) + 1;
    *out = spin;
}
