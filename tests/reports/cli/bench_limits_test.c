/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_limits.h"

#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* The result of a kernel that was right and took so many seconds for 10^9 operations. What the machine could do
 * was measured before, and is little; a ceiling is the machine's own. */
static struct vjp_bench_result set_limits(const char *line, double seconds, char reason[256])
{
    static const struct vjp_model sums = {.accumulate = VJP_F32};
    const struct vjp_plugin_info info = {
        .n_kernels = 1, .kernel = {{.model = {[VJP_F32] = sums, [VJP_BF16] = sums}}}};
    struct vjp_target target = {.info = &info};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    struct vjp_machine machine;
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
    struct vjp_entrant entrant = {
        .target = &target,
        .question = {.c = &c},
        .result = {.timed = true, .threads = 1, .flops = 1e9, .time = {.median = seconds}},
        .read = 8,
        .written = 8};
    vjp_machine_init(&machine);
    machine.peak[VJP_LOOPS_F32][1] = 1;
    cr_assert_eq(vjp_bench_limits_set(&machine, &entrant, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(entrant.result.peak, 1);
    snprintf(reason, 256, "%s", entrant.result.reason ? entrant.result.reason : "");
    vjp_case_clear(&c);
    return entrant.result;
}

/* 10^18 a second no processor does, 10^6 each. */
Test(bench_limits, who_is_faster_than_the_machine_has_no_number)
{
    static const struct {
        const char *line;
        double seconds;
        bool above;
    } cases[] = {{"linear dtype=f32 N=1 D=1 M=1", 1e-9, true},
                 {"linear dtype=f32 N=1 D=1 M=1", 1e3, false},
                 {"linear dtype=bf16 N=1 D=1 M=1", 1e-9, false},
                 {"conv2d dtype=f32 N=1 C=1 H=3 W=3 K=1 R=1 S=1", 1e-9, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char reason[256];
        const struct vjp_bench_result r = set_limits(cases[i].line, cases[i].seconds, reason);
        cr_expect_eq(r.above_peak, cases[i].above, "%s, %g s", cases[i].line, cases[i].seconds);
        cr_expect_eq(r.timed, !cases[i].above);
        cr_expect_eq(strncmp(reason,
                             "above the peak: 1e+09 GFLOP/s, and with 1 thread this machine",
                             cases[i].above ? 60 : 0),
                     0, "%s", reason);
        cr_expect_eq(strlen(reason) > 0, cases[i].above);
        cr_expect_eq(r.bandwidth > 0, !cases[i].above);
    }
}
