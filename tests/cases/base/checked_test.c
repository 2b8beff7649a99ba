/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/checked.h"

#include <criterion/criterion.h>
#include <inttypes.h>

/* Near powers of two and the limits, of both signs: every way to fit and to overflow. */
static const int64_t values[] = {0,
                                 1,
                                 -1,
                                 2,
                                 -2,
                                 3,
                                 INT32_MAX,
                                 INT64_C(1) << 31,
                                 INT64_C(3037000499), /* floor(sqrt(2^63 - 1)) */
                                 INT64_C(3037000500),
                                 -INT64_C(3037000500),
                                 INT64_C(1) << 32,
                                 -(INT64_C(1) << 32),
                                 INT64_MAX / 2,
                                 INT64_MAX / 2 + 1,
                                 INT64_MIN / 2,
                                 INT64_MAX - 1,
                                 INT64_MAX,
                                 INT64_MIN + 1,
                                 INT64_MIN};

/* The witness computes in 128 bits. */
static void expect(const char *what, int64_t a, int64_t b, bool ok, int64_t got, __int128 exact)
{
    const bool fits = exact >= INT64_MIN && exact <= INT64_MAX;
    cr_expect_eq(ok, fits, "%" PRId64 " %s %" PRId64, a, what, b);
    const int64_t want = fits ? (int64_t)exact : 42;
    cr_expect_eq(got, want, "%" PRId64 " %s %" PRId64 " is not %" PRId64, a, what, b, got);
}

Test(checked, products_and_sums_are_exact_or_refused_and_then_leave_the_output_alone)
{
    const size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            const int64_t a = values[i];
            const int64_t b = values[j];
            int64_t out = 42;
            bool ok = vjp_checked_mul(a, b, &out);
            expect("*", a, b, ok, out, (__int128)a * b);
            out = 42;
            ok = vjp_checked_add(a, b, &out);
            expect("+", a, b, ok, out, (__int128)a + b);
        }
    }
}

Test(checked, the_output_may_be_an_operand)
{
    int64_t x = 6;
    cr_expect(vjp_checked_mul(x, 7, &x));
    cr_expect_eq(x, 42);
    cr_expect(vjp_checked_add(x, x, &x));
    cr_expect_eq(x, 84);
}
