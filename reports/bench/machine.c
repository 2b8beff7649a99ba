/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/machine.h"

#include <math.h>
#include <stdio.h>

void vjp_machine_init(struct vjp_machine *out)
{
    struct vjp_machine machine = {.loops = vjp_loops_best()};
    vjp_limits_cpu(machine.cpu, sizeof machine.cpu);
    snprintf(machine.peak_name[VJP_LOOPS_F32], sizeof machine.peak_name[0], "%s f32",
             machine.loops->name);
    snprintf(machine.peak_name[VJP_LOOPS_F64], sizeof machine.peak_name[0], "%s f64",
             machine.loops->name);
    *out = machine;
}

enum vjp_status vjp_machine_peak(struct vjp_machine *machine, enum vjp_dtype format, int threads,
                                 double *out, const char **name, struct vjp_error *error)
{
    const int f = format == VJP_F64 ? VJP_LOOPS_F64 : VJP_LOOPS_F32;
    double *peak = &machine->peak[f][threads];
    if (*peak == 0) {
        const enum vjp_status status =
            vjp_limits_peak(machine->loops, format, threads, peak, error);
        if (status != VJP_OK)
            return status;
    }
    *out = *peak;
    *name = machine->peak_name[f];
    return VJP_OK;
}

/* The peaks of one ceiling. */
#define CEILING_PEAKS 4

enum vjp_status vjp_machine_ceiling(struct vjp_machine *machine, enum vjp_dtype format, int threads,
                                    double *out, const char **name, struct vjp_error *error)
{
    const struct vjp_loops *const kinds[] = {machine->loops, vjp_loops_avx512()};
    double ceiling = 0;
    for (int kind = 0; kind < 2 && kinds[kind]; kind++) {
        double low = INFINITY, high = 0;
        for (int i = 0; i < CEILING_PEAKS; i++) {
            double peak;
            const enum vjp_status status =
                vjp_limits_peak(kinds[kind], format, threads, &peak, error);
            if (status != VJP_OK)
                return status;
            low = fmin(low, peak);
            high = fmax(high, peak);
        }
        if (VJP_MACHINE_MARGIN * high * (high / low) <= ceiling)
            continue;
        ceiling = VJP_MACHINE_MARGIN * high * (high / low);
        snprintf(machine->ceiling_name, sizeof machine->ceiling_name, "%s %s", kinds[kind]->name,
                 vjp_format(format)->name);
    }
    *out = ceiling;
    *name = machine->ceiling_name;
    return VJP_OK;
}

enum vjp_status vjp_machine_bandwidth(struct vjp_machine *machine, int64_t read, int64_t written,
                                      int threads, double *out, struct vjp_error *error)
{
    const int64_t bytes = read + written;
    if (machine->threads != threads || machine->bytes != bytes) {
        const enum vjp_status status =
            vjp_limits_bandwidth(machine->loops, bytes, threads, &machine->bandwidth, error);
        if (status != VJP_OK)
            return status;
        machine->threads = threads;
        machine->bytes = bytes;
    }
    const double seconds =
        (double)read / machine->bandwidth.read + (double)written / machine->bandwidth.write;
    *out = bytes > 0 ? (double)bytes / seconds : machine->bandwidth.read;
    return VJP_OK;
}
