/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_limits.h"

#include <stdio.h>
#include <string.h>

/* Whether every operation that is counted has to be done, by instructions whose peak can be measured. */
static bool is_held_to_peak(const struct vjp_case *c)
{
    return (c->dtype == VJP_F32 || c->dtype == VJP_F64) && strcmp(c->spec->name, "conv2d") != 0;
}

/* A ceiling costs most of a second: it is measured where the peak at hand leaves a doubt. */
static enum vjp_status hold_to_peak(struct vjp_machine *machine, struct vjp_entrant *entrant,
                                    struct vjp_error *error)
{
    struct vjp_bench_result *r = &entrant->result;
    const enum vjp_dtype format = entrant->question.c->dtype;
    const double rate = vjp_bench_rate(r);
    const char *name;
    double ceiling;
    if (!(rate > VJP_MACHINE_MARGIN * r->peak))
        return VJP_OK;
    const enum vjp_status status =
        vjp_machine_ceiling(machine, format, r->threads, &ceiling, &name, error);
    if (status != VJP_OK || rate <= ceiling)
        return status;
    snprintf(entrant->refusal, sizeof entrant->refusal,
             "above the peak: %.3g GFLOP/s, and with %d thread%s this machine does %.3g at most "
             "(%s): it "
             "does not do all of the operations, or not on so many threads",
             1e-9 * rate, r->threads, r->threads == 1 ? "" : "s", 1e-9 * ceiling, name);
    r->timed = false;
    r->above_peak = true;
    r->reason = entrant->refusal;
    return VJP_OK;
}

enum vjp_status vjp_bench_limits_set(struct vjp_machine *machine, struct vjp_entrant *entrant,
                                     struct vjp_error *error)
{
    struct vjp_bench_result *r = &entrant->result;
    const struct vjp_case *c = entrant->question.c;
    const struct vjp_kernel_info *kernel = &entrant->target->info->kernel[entrant->kernel];
    const enum vjp_dtype sums_in = kernel->model[c->dtype].accumulate;
    enum vjp_status status =
        vjp_machine_peak(machine, sums_in, r->threads, &r->peak, &r->peak_name, error);
    if (status == VJP_OK && is_held_to_peak(c))
        status = hold_to_peak(machine, entrant, error);
    if (status == VJP_OK && r->timed)
        status = vjp_machine_bandwidth(machine, entrant->read, entrant->written, r->threads,
                                       &r->bandwidth, error);
    return status;
}
