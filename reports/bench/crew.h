/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_CREW_H
#define VJP_REPORTS_BENCH_CREW_H

#include <stdbool.h>

/* Lets work(env, i) run for every i < threads at the same time, one of them in the calling thread, and
 * writes the seconds from the moment when all are ready to the end of the last. False where the system
 * gives no thread: then none of them did any work. */
bool vjp_crew_time(int threads, void (*work)(void *env, int index), void *env, double *seconds);

#endif
