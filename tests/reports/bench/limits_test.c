/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/limits.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* Loops that count what they are asked for, so that no speed is in the test. */
static int64_t asked_bytes;
static int64_t last_times;

static void take(int64_t iterations)
{
    volatile int64_t left = iterations;
    while (left > 0)
        left = left - 1;
}

static void read_all(const void *from, int64_t bytes, int64_t times)
{
    cr_assert_eq((uintptr_t)from % 64, 0);
    cr_assert_eq(bytes % VJP_LOOPS_BYTES, 0);
    asked_bytes = bytes;
    last_times = times;
    take(times * bytes);
}

static void write_all(void *to, int64_t bytes, int64_t times)
{
    memset(to, 0, (size_t)bytes);
    take(times * bytes);
}

static const struct vjp_loops slow = {
    .name = "slow", .fma_flops = {1, 2}, .fma = {take, take}, .read = read_all, .write = write_all};

Test(limits, a_rate_is_positive_and_the_memory_is_all_of_it)
{
    struct vjp_error error;
    struct vjp_bandwidth bandwidth = {0};
    double peak = 0;
    cr_assert_eq(vjp_limits_peak(&slow, VJP_F32, 1, &peak, &error), VJP_OK);
    cr_expect(isfinite(peak) && peak > 0);
    cr_assert_eq(vjp_limits_bandwidth(&slow, 1000, 1, &bandwidth, &error), VJP_OK);
    cr_expect_eq(asked_bytes, 1024);
    cr_expect_gt(last_times, 1);
    cr_expect(isfinite(bandwidth.read) && bandwidth.read > 0);
    cr_expect(isfinite(bandwidth.write) && bandwidth.write > 0);
    cr_assert_eq(vjp_limits_bandwidth(&slow, 1000, 3, &bandwidth, &error), VJP_OK);
    cr_expect_eq(asked_bytes, 512); /* 334 rounded up */
    cr_assert_eq(vjp_limits_bandwidth(&slow, 0, 1, &bandwidth, &error), VJP_OK);
    cr_expect_eq(asked_bytes, VJP_LOOPS_BYTES);
}

Test(limits, the_cpu_has_a_name_which_is_cut_where_there_is_no_room)
{
    char text[128], brief[4];
    cr_expect_neq(vjp_limits_cpu(text, sizeof text)[0], '\0');
    cr_expect_null(strchr(text, '\n'));
    vjp_limits_cpu(brief, sizeof brief);
    cr_expect_eq(strncmp(brief, text, 3), 0);
}
