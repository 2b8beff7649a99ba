/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_CLOCK_H
#define VJP_REPORTS_BENCH_CLOCK_H

#include <stdint.h>

/* Seconds on a clock that does not jump. */
double vjp_clock_now(void);

/* Work that always takes the same number of cycles, a chain of integer operations in registers: where
 * its time varies, it is the machine that varies. */
struct vjp_spin {
    int64_t steps;
};

/* Makes a spin that takes about so many seconds now. */
void vjp_spin_calibrate(struct vjp_spin *out, double seconds);

/* Spins once, and returns the seconds that it took. */
double vjp_spin_once(const struct vjp_spin *spin);

#endif
