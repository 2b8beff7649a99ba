/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Running errors where rounding may decide a comparison, and of a variance: by hand. */
#include "oracle/tape/running.h"

#include "tests/oracle/tally.h"
#include "tests/oracle/tape/record.h"

#include <math.h>

static const struct vjp_running binary32 = {
    .u = 0x1p-24L, .slack = 1, .ulps = 4, .underflow = 0x1p-150L, .tiny = 0x1p-126L};

struct analysis {
    struct vjp_tape *tape;
    long double error[400], margin[64];
};

static void run(struct analysis *a, const struct vjp_running *running)
{
    const struct vjp_kink *kinks;
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(a->tape, &land));
    cr_assert(vjp_tape_count(a->tape) <= 400 && vjp_tape_kinks(a->tape, &kinks) <= 64);
    memcpy(a->margin, land.margin, (size_t)vjp_tape_kinks(a->tape, &kinks) * sizeof *a->margin);
    vjp_running_errors(
        a->tape,
        &(struct vjp_landscape){.value = land.value, .exact = land.exact, .margin = land.margin},
        running, a->error);
    vjp_landscape_clear(&land);
}

/* The partial derivative that kink k decides. */
static long double partial_error(const struct analysis *a, int k)
{
    const struct vjp_kink *kinks;
    cr_assert_gt(vjp_tape_kinks(a->tape, &kinks), k);
    return a->error[kinks[k].partial];
}

/* x y - 2^shift c: off by 2^-24 (|x y| + what is left), and by as much of the second product. */
static int64_t difference(struct vjp_tape *tape, double x, double y, double z)
{
    return vjp_tape_sub(tape, vjp_tape_mul(tape, leaf(tape, x), leaf(tape, y)), leaf(tape, z));
}

/* (1 + 2^-23)^2 - 1 - 2^-22 = 2^-46, off by 2^-24: either side. With z larger by 2^-21 it is certain, and
 * with short numbers it is as it is, however near. */
Test(running_kinks, margins_that_errors_reach)
{
    const double x = 1 + 0x1p-23;
    struct analysis a = {.tape = vjp_tape_create(256, ANY_SIDE)};
    vjp_tape_relu(a.tape, difference(a.tape, x, x, 1 + 0x1p-22));
    vjp_tape_abs(a.tape, difference(a.tape, x, x, 1 + 0x1p-22));
    vjp_tape_relu(a.tape, difference(a.tape, x, x, 1 + 0x1p-21));
    vjp_tape_relu(a.tape, difference(a.tape, 3, 5, 15 - 0x1p-6));
    vjp_tape_relu(a.tape, difference(a.tape, 3, 5, 15));
    vjp_tape_relu(a.tape, leaf(a.tape, 0x1p-149));
    run(&a, &binary32);
    cr_expect_eq(a.margin[0], 0x1p-46L);
    cr_expect_eq(partial_error(&a, 0), 1);
    cr_expect_eq(partial_error(&a, 1), 2, "from -1 to 1");
    cr_expect_eq(partial_error(&a, 2), 0, "a margin of 2^-22, errors of 2^-24");
    cr_expect_eq(partial_error(&a, 3), 0, "nobody rounds");
    cr_expect_eq(partial_error(&a, 4), 0, "on the kink: a range that holds both sides");
    cr_expect_eq(partial_error(&a, 5), 0, "an operand");
    vjp_tape_destroy(a.tape);
}

/* x y = 2^-160 may become 0. */
Test(running_kinks, a_margin_that_underflows)
{
    struct analysis a = {.tape = vjp_tape_create(256, ANY_SIDE)};
    vjp_tape_relu(a.tape, vjp_tape_mul(a.tape, leaf(a.tape, 0x1p-80), leaf(a.tape, 0x1p-80)));
    vjp_tape_relu(a.tape, vjp_tape_mul(a.tape, leaf(a.tape, 0x1p-60), leaf(a.tape, 0x1p-60)));
    run(&a, &binary32);
    cr_expect_eq(partial_error(&a, 0), 1);
    cr_expect_eq(partial_error(&a, 1), 0);
    vjp_tape_destroy(a.tape);
}

/* Of p, q, -9 the two products are nearly equal, and either may be the largest. */
Test(running_kinks, a_tie_that_rounding_decides)
{
    const double x = 1 + 0x1p-23;
    struct analysis a = {.tape = vjp_tape_create(256, ANY_SIDE)};
    const int64_t open = vjp_tape_open(a.tape);
    vjp_tape_push(a.tape, vjp_tape_mul(a.tape, leaf(a.tape, x), leaf(a.tape, x)));
    vjp_tape_push(a.tape, leaf(a.tape, 1 + 0x1p-22));
    vjp_tape_push(a.tape, leaf(a.tape, -9));
    vjp_tape_close_max(a.tape, open);
    run(&a, &binary32);
    cr_expect_eq(partial_error(&a, 0), 1);
    cr_expect_eq(partial_error(&a, 1), 1);
    cr_expect_eq(partial_error(&a, 2), 0);
    vjp_tape_destroy(a.tape);
}

/* Two kinks in a row, both undecided: the product of their derivatives, 1 1 = 1 as recorded or 0 0, may be 0
 * or 1 either way, though to first order nothing changes where both are 0. */
Test(running_kinks, two_in_a_row)
{
    const double x = 1 + 0x1p-23;
    for (int sign = -1; sign <= 1; sign += 2) {
        struct analysis a = {.tape = vjp_tape_create(256, ANY_SIDE)};
        int64_t kink[2];
        const struct vjp_kink *kinks;
        for (int i = 0; i < 2; i++)
            vjp_tape_relu(a.tape, difference(a.tape, x, x, 1 + 0x1p-22 + (sign < 0) * 0x1p-45));
        cr_assert_eq(vjp_tape_kinks(a.tape, &kinks), 2);
        for (int i = 0; i < 2; i++)
            kink[i] = kinks[i].partial;
        const int64_t product = vjp_tape_mul(a.tape, kink[0], kink[1]);
        run(&a, &binary32);
        const long double value = vjp_real_get_ld(vjp_tape_value(a.tape, product));
        cr_expect_eq(value, sign > 0);
        cr_expect_geq(a.error[product], 1, "%Lg", a.error[product]);
        vjp_tape_destroy(a.tape);
    }
}

/* The variance of n numbers around 2^k: the mean, off by n u 2^k, enters it as a square. */
Test(running_kinks, a_variance_with_a_large_mean)
{
    const int n = 64;
    const double large = 0x1p10;
    for (int given = 0; given < 2; given++) {
        struct analysis a = {.tape = vjp_tape_create(256, ANY_SIDE)};
        struct vjp_running running = binary32;
        uint8_t mark[400] = {0};
        int64_t x[64];
        int64_t open = vjp_tape_open(a.tape);
        for (int i = 0; i < n; i++) {
            x[i] = leaf(a.tape, large + (i % 2 ? 1 : -1));
            vjp_tape_push(a.tape, x[i]);
        }
        const int64_t sum = vjp_tape_close_sum(a.tape, open);
        const int64_t mean = vjp_tape_div(a.tape, sum, vjp_tape_constant(a.tape, n));
        open = vjp_tape_open(a.tape);
        for (int i = 0; i < n; i++) {
            const int64_t d = vjp_tape_sub(a.tape, x[i], mean);
            vjp_tape_push(a.tape, vjp_tape_mul(a.tape, d, d));
        }
        const int64_t squares = vjp_tape_close_centred(a.tape, open);
        cr_expect_eq(vjp_real_get_ld(vjp_tape_value(a.tape, squares)), n);
        if (given) {
            mark[mean] = 1;
            running.mark = mark;
            running.marks = 1;
            running.given[0].u = 0x1p-10L;
        }
        run(&a, &running);
        /* 63 additions and a division, of numbers of 2^10; each difference is rounded once, each square
         * once, and the sum 63 times: not much more than 64 e^2 + 4 u 64 + 64 u 64. */
        const long double u = 0x1p-24L, e = given ? 1 : 64 * u * 1024 * (1 + 64 * u);
        cr_expect(a.error[mean] <= e && a.error[mean] > .9L * e, "%Lg", a.error[mean]);
        const long double grown = (1 + e) * (1 + e);
        cr_expect_lt(a.error[squares], 64 * e * e + 70 * u * 64 * grown, "%Lg", a.error[squares]);
        cr_expect_gt(a.error[squares], 64 * e * e + 64 * u * 64);
        vjp_tape_destroy(a.tape);
    }
}
