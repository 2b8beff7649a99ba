/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <criterion/criterion.h>

Test(loops, the_best_are_those_that_the_cpu_can_do)
{
    const bool can = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    cr_expect_eq(vjp_loops_avx2() != NULL, can);
    cr_expect(vjp_loops_best() == (can ? vjp_loops_avx2() : &vjp_loops_portable));
}
