/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/machine.h"

#include <criterion/criterion.h>
#include <string.h>

/* Measured values stand in the struct: what is there already is not measured again. */
Test(machine, a_peak_is_that_of_the_format_and_the_threads)
{
    struct vjp_machine machine;
    struct vjp_error error;
    double peak;
    const char *name;
    vjp_machine_init(&machine);
    machine.peak[VJP_LOOPS_F32][1] = 7;
    machine.peak[VJP_LOOPS_F32][2] = 14;
    machine.peak[VJP_LOOPS_F64][1] = 3;
    static const struct {
        enum vjp_dtype format;
        int threads;
        double peak;
        const char *ending;
    } cases[] = {{VJP_F32, 1, 7, "f32"},
                 {VJP_F32, 2, 14, "f32"},
                 {VJP_F64, 1, 3, "f64"},
                 {VJP_BF16, 1, 7, "f32"},
                 {VJP_F16, 2, 14, "f32"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_eq(
            vjp_machine_peak(&machine, cases[i].format, cases[i].threads, &peak, &name, &error),
            VJP_OK);
        cr_expect_eq(peak, cases[i].peak);
        cr_expect_str_eq(name + strlen(name) - 3, cases[i].ending);
    }
}

/* 30 bytes at 10 a second and 20 at 5: 7 seconds for 50. */
Test(machine, a_bandwidth_is_that_of_reading_and_writing_in_turn)
{
    struct vjp_machine machine;
    struct vjp_error error;
    double bandwidth;
    vjp_machine_init(&machine);
    machine.bytes = 50;
    machine.threads = 1;
    machine.bandwidth = (struct vjp_bandwidth){.read = 10, .write = 5};
    cr_assert_eq(vjp_machine_bandwidth(&machine, 30, 20, 1, &bandwidth, &error), VJP_OK);
    cr_expect_float_eq(bandwidth, 50.0 / 7.0, 1e-14);
    cr_assert_eq(vjp_machine_bandwidth(&machine, 3000, 2000, 1, &bandwidth, &error), VJP_OK);
    cr_expect_eq(machine.bytes, 5000);
    cr_expect_gt(bandwidth, 1e3);
    machine.bytes = 0;
    machine.bandwidth.read = 4;
    cr_assert_eq(vjp_machine_bandwidth(&machine, 0, 0, 1, &bandwidth, &error), VJP_OK);
    cr_expect_eq(bandwidth, 4); /* of nothing: no 0 / 0 */
}

static void take(int64_t iterations)
{
    volatile int64_t left = iterations;
    while (left > 0)
        left = left - 1;
}

/* Loops of a machine that does 10^9 times what any does, and one that does next to nothing: with the latter the
 * widest instructions count, where there are some. Either way nothing that was measured can lie above. */
Test(machine, a_ceiling_is_above_the_highest_peak)
{
    static const struct vjp_loops fast = {
        .name = "fast", .fma_flops = {2000000000, 2000000000}, .fma = {take, take}};
    static const struct vjp_loops slow = {.name = "slow", .fma_flops = {1, 1}, .fma = {take, take}};
    struct vjp_machine machine;
    struct vjp_error error;
    const char *name;
    double ceiling, peak;
    vjp_machine_init(&machine);
    machine.loops = &fast;
    cr_assert_eq(vjp_machine_ceiling(&machine, VJP_F64, 1, &ceiling, &name, &error), VJP_OK);
    cr_expect_str_eq(name, "fast f64");
    cr_expect_gt(ceiling, 1e15);
    machine.loops = &slow;
    cr_assert_eq(vjp_machine_ceiling(&machine, VJP_F32, 1, &ceiling, &name, &error), VJP_OK);
    cr_expect_str_eq(name, vjp_loops_avx512() ? "AVX-512 FMA f32" : "slow f32");
    const struct vjp_loops *used = vjp_loops_avx512() ? vjp_loops_avx512() : &slow;
    cr_assert_eq(vjp_limits_peak(used, VJP_F32, 1, &peak, &error), VJP_OK);
    cr_expect_gt(ceiling, peak);
}
