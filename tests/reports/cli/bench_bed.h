/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_CLI_BENCH_BED_H
#define VJP_TESTS_REPORTS_CLI_BENCH_BED_H

#include "reports/cli/targets.h"
#include "tests/impls/host/plant.h"

/* A plant as a target: what a command line would have opened. The case is linear dtype=f32 N=2 D=3 M=4. */
struct bench_bed {
    struct bed bed;
    char *label;
    struct vjp_target target;
    struct vjp_targets targets;
};

static inline void bench_bed_open(struct bench_bed *b, const char *name, const char *act)
{
    *b = (struct bench_bed){0};
    bed_open(&b->bed, act);
    cr_assert_gt(asprintf(&b->label, "%s:plant", name), 0);
    b->target = (struct vjp_target){.name = (char *)name,
                                    .path = b->bed.plant.path,
                                    .worker = b->bed.worker,
                                    .info = vjp_worker_info(b->bed.worker),
                                    .selected = {true},
                                    .label = {b->label}};
    b->targets = (struct vjp_targets){
        .target = &b->target, .count = 1, .options = {.executable = PLANT_WORKER}};
}

static inline void bench_bed_close(struct bench_bed *b)
{
    free(b->label);
    bed_close(&b->bed);
}

#endif
