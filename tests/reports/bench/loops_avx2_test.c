/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/bench/loops_check.h"

/* 12 vectors of 8 and of 4 numbers, two operations each. */
Test(loops_avx2, write_reaches_every_byte)
{
    const struct vjp_loops *loops = vjp_loops_avx2();
    if (!loops)
        cr_skip_test("the CPU has no AVX2 and FMA");
    check_loops(loops);
    cr_expect_eq(loops->fma_flops[VJP_LOOPS_F32], 192);
    cr_expect_eq(loops->fma_flops[VJP_LOOPS_F64], 96);
}
