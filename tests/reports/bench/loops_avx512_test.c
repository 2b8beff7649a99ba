/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <criterion/criterion.h>

/* 12 vectors of 16 and of 8 numbers, two operations each; and nothing ends the process. */
Test(loops_avx512, operations_are_those_of_whole_vectors)
{
    const struct vjp_loops *loops = vjp_loops_avx512();
    cr_expect_eq(loops != NULL, __builtin_cpu_supports("avx512f") != 0);
    if (!loops)
        cr_skip_test("the CPU has no AVX-512");
    cr_expect_eq(loops->fma_flops[VJP_LOOPS_F32], 384);
    cr_expect_eq(loops->fma_flops[VJP_LOOPS_F64], 192);
    for (int f = 0; f < 2; f++)
        loops->fma[f](1000);
}
