/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Independent errors, by hand and against what kernels in float lose. */
#include "oracle/tape/probable.h"

#include "oracle/tape/landscape.h"
#include "tests/oracle/tape/random_tape.h"

#include <math.h>

#define PRECISION 192

static bool is_close(long double got, long double want)
{
    return fabsl(got - want) <= 1e-15L * fabsl(want);
}

static void run(const struct vjp_tape *tape, long double *probable, long double *operands)
{
    struct vjp_landscape land;
    cr_assert_leq(vjp_tape_count(tape), 64);
    cr_assert(vjp_landscape_init(tape, &land));
    vjp_probable_errors(tape, land.value, probable);
    vjp_probable_operands(tape, land.value, operands);
    vjp_landscape_clear(&land);
}

/* f = exp(a b + a): |df/da| = (b + 1) e, |df/db| = a e; the product and the sum are rounded with the factor
 * e, the exponential by itself. */
Test(probable, by_hand)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 0.5), b = leaf(tape, 3);
    const int64_t product = vjp_tape_mul(tape, a, b), sum = vjp_tape_add(tape, product, a);
    const int64_t power = vjp_tape_exp(tape, sum), none = vjp_tape_mul(tape, power, leaf(tape, 0));
    const int64_t open = vjp_tape_open(tape);
    const int64_t terms[] = {a, b, leaf(tape, 0), a};
    for (int i = 0; i < 4; i++)
        vjp_tape_push(tape, terms[i]);
    const int64_t list = vjp_tape_close_sum(tape, open);
    const long double e = expl(2);
    long double p[64], o[64];
    run(tape, p, o);
    cr_expect_eq(p[a], 0);
    cr_expect(is_close(p[product], 1.5L));
    cr_expect(is_close(p[sum], sqrtl(1.5L * 1.5L + 4)));
    cr_expect(is_close(p[power], sqrtl(1.5L * 1.5L + 4 + 1) * e));
    cr_expect(is_close(p[list], sqrtl(2) * 4), "two additions of terms that are not 0");
    cr_expect_eq(p[none], 0);
    cr_expect_eq(o[a], 0.5L);
    cr_expect(is_close(o[product], 0.5L * 3 + 3 * 0.5L));
    cr_expect(is_close(o[sum], 0.5L * 4 + 3 * 0.5L));
    cr_expect(is_close(o[power], 3.5L * e));
    vjp_tape_destroy(tape);
}

/* l = m + log(sum of exp(t - m)) in float, with functions of <math.h>, which are good for 1 ulp: the largest of
 * 3000 errors is within a few of what is probable, and not far below it. */
Test(probable, a_logsumexp_in_float)
{
    uint64_t state = 3;
    long double largest = 0;
    for (int run_number = 0; run_number < 3000; run_number++) {
        struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
        const int n = (int)random_between(&state, 1, 12);
        const int spread = (int)random_between(&state, -4, 7);
        const float shift = run_number % 3 ? (float)random_number(&state, 24, 6) : 0;
        float x[12], m = -INFINITY, sum = 0;
        long double p[64], o[64];
        const int64_t open = vjp_tape_open(tape);
        for (int i = 0; i < n; i++) {
            x[i] = (float)random_number(&state, 24, spread) + shift;
            m = fmaxf(m, x[i]);
            vjp_tape_push(tape, leaf(tape, x[i]));
        }
        const int64_t l = vjp_tape_close_logsumexp(tape, open);
        for (int i = 0; i < n; i++)
            sum += expf(x[i] - m);
        const float got = m + logf(sum);
        run(tape, p, o);
        const long double error = fabsl(got - vjp_real_get_ld(vjp_tape_value(tape, l)));
        if (p[l] > 0)
            largest = fmaxl(largest, error / (p[l] * 0x1p-24L));
        else
            cr_expect_eq(error, 0);
        vjp_tape_destroy(tape);
    }
    cr_expect(largest > 0.3L && largest < 3, "the largest ratio is %Lg", largest);
}
