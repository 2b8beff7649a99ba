/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Sizes below and above those for which the system is asked for large pages: all zero, and the caller's. */
Test(memory, is_zero_and_the_callers)
{
    static const int64_t counts[] = {0, 1, 4097, (1 << 22) - 1, 1 << 22, (1 << 22) + 1, 12345678};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const int64_t n = counts[i];
        unsigned char *p = vjp_zeros(n, 1);
        cr_assert_not_null(p);
        for (int64_t k = 0; k < n; k++)
            cr_assert_eq(p[k], 0, "byte %lld of %lld", (long long)k, (long long)n);
        memset(p, 0xa5, (size_t)n);
        free(p);
    }
}

Test(memory, refuses_what_is_no_size)
{
    cr_expect_null(vjp_zeros(INT64_MAX, 2));
    cr_expect_null(vjp_zeros(-1, 8));
}
