/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_BENCH_LOOPS_CHECK_H
#define VJP_TESTS_REPORTS_BENCH_LOOPS_CHECK_H

#include "reports/bench/loops.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <string.h>

/* The first pass of write writes zeros: to every byte, and to no other. The rest is that nothing ends the
 * process, and that numbers of operations are those of whole vectors. */
static inline void check_loops(const struct vjp_loops *loops)
{
    alignas(64) char memory[4 * VJP_LOOPS_BYTES];
    memset(memory, 1, sizeof memory);
    loops->write(memory + VJP_LOOPS_BYTES, 2 * VJP_LOOPS_BYTES, 1);
    for (int i = 0; i < (int)sizeof memory; i++) {
        const bool inside = i >= VJP_LOOPS_BYTES && i < 3 * VJP_LOOPS_BYTES;
        cr_expect_eq(memory[i], inside ? 0 : 1, "%s: byte %d", loops->name, i);
    }
    loops->read(memory, sizeof memory, 3);
    for (int f = 0; f < 2; f++) {
        cr_expect_gt(loops->fma_flops[f], 0);
        loops->fma[f](1000);
        loops->fma[f](0);
    }
}

#endif
