/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include <criterion/criterion.h>
#include <string.h>

/* The one with vector instructions where there is one, which is where the processor has them. */
Test(kernel, the_best_is_the_fastest_that_runs)
{
    const struct vjp_kernel *avx2 = vjp_kernel_avx2(), *avx512 = vjp_kernel_avx512();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f");
    cr_expect_eq(avx2 != NULL, has_avx2);
    cr_expect_eq(avx512 != NULL, has_avx512);
    cr_expect_eq(vjp_kernel_best(), has_avx512 ? avx512 : has_avx2 ? avx2 : &vjp_kernel_portable);
    cr_expect_str_neq(vjp_kernel_best()->name, "");
}
