/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/result.h"

#include <criterion/criterion.h>
#include <math.h>

/* 8e9 flop and 1e9 bytes in 0.5 s, where the machine does 32e9 and 4e9 in a second: the operations take
 * 0.25 s at least, the bytes too. */
static const struct vjp_bench_result even = {
    .timed = true,
    .time = {.n = 9, .median = 0.5, .q1 = 0.49, .q3 = 0.51},
    .flops = 8e9,
    .bytes = 1e9,
    .peak = 32e9,
    .bandwidth = 4e9,
    .noise = 0.01};

Test(result, rates_are_parts_of_the_machines_limits)
{
    struct vjp_bench_result r = even;
    cr_expect_eq(vjp_bench_rate(&r), 16e9);
    cr_expect_eq(vjp_bench_of_peak(&r), 0.5);
    cr_expect_eq(vjp_bench_intensity(&r), 8);
    cr_expect_eq(vjp_bench_of_roof(&r), 0.5);
    r.bandwidth = 2.5e9; /* the roof is 8 x 2.5e9 = 20e9 flop/s, of which 16e9 are 0.8 */
    cr_expect_float_eq(vjp_bench_of_roof(&r), 0.8, 1e-15);
    r.bandwidth = 100e9; /* the roof is the peak */
    cr_expect_eq(vjp_bench_of_roof(&r), 0.5);
}

Test(result, without_a_count_of_operations_the_bytes_remain)
{
    struct vjp_bench_result r = even;
    r.flops = 0;
    cr_expect(isnan(vjp_bench_rate(&r)));
    cr_expect(isnan(vjp_bench_of_peak(&r)));
    cr_expect(isnan(vjp_bench_intensity(&r)));
    cr_expect_eq(vjp_bench_of_roof(&r), 0.5);
}

Test(result, noise_beyond_the_limit_is_told)
{
    struct vjp_bench_result r = even;
    char text[160];
    cr_expect_str_eq(vjp_bench_note(&r, text, sizeof text), "");
    r.noise = 0.101;
    cr_expect_str_eq(vjp_bench_note(&r, text, sizeof text),
                     "machine too noisy: fixed work took times that spread by 10.1 % (limit 10 %)");
    r.noise = 0.01;
    r.time.q3 = 0.6;
    cr_expect_str_eq(vjp_bench_note(&r, text, sizeof text),
                     "machine too noisy: the kernel's times spread by 22.0 % (limit 10 %)");
    r.noise = NAN;
    r.time.q3 = 0.51;
    cr_expect_str_eq(vjp_bench_note(&r, text, sizeof text),
                     "machine too noisy: its noise is not known");
}
