/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/ways.h"

#include "oracle/tape/running.h"

#include <math.h>
#include <stdlib.h>

/* The rounding of a saved value, to its dtype or, where a kernel works with less, to what it works with.
 * An integer is exact. */
static struct vjp_given given_as(enum vjp_dtype saved, const struct vjp_format *accumulate)
{
    if (saved == VJP_I32)
        return (struct vjp_given){0};
    const struct vjp_format *kept = vjp_format(saved);
    const struct vjp_format *format = kept->precision < accumulate->precision ? kept : accumulate;
    return (struct vjp_given){.u = ldexpl(1, -format->precision),
                              .least = ldexpl(1, format->emin - format->precision)};
}

/* What a way (vjp_gradient_way) of computing makes of every operation. */
static struct vjp_running running_of(const struct vjp_ways *w, enum vjp_dtype accumulate,
                                     bool flushes, int saved)
{
    const struct vjp_format *format = vjp_format(accumulate);
    const long double normal = ldexpl(1, format->emin);
    struct vjp_running running = {
        .u = ldexpl(1, -format->precision),
        .ulps = VJP_ULPS_DEFAULT,
        .underflow = flushes ? normal : ldexpl(1, format->emin - format->precision),
        .flushed = flushes ? normal : 0,
        .tiny = normal,
        .mark = w->mark,
        .marks = (uint8_t)saved};
    for (int k = 0; k < w->program->n_saved; k++)
        running.given[k] = given_as(w->program->saved_dtype[k], format);
    return running;
}

static enum vjp_status init_ways(const struct vjp_program *p, struct vjp_gradient *g,
                                 struct vjp_error *error)
{
    g->dtype = p->dtype;
    g->n_saved = p->n_saved;
    g->ways = vjp_gradient_way(g, VJP_F64, true, UINT32_MAX) + 1;
    g->running = calloc((size_t)g->count * (size_t)g->ways + 1, sizeof *g->running);
    return g->running ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
}

static void take_errors(const struct vjp_ways *w, const bool wanted[VJP_MAX_INPUTS],
                        const long double *errors, int way,
                        struct vjp_gradient gradient[VJP_MAX_INPUTS])
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        struct vjp_gradient *g = &gradient[i];
        for (int64_t j = 0; wanted[i] && j < g->count; j++) {
            const int64_t node = w->program->gradient[i][j];
            g->running[j * g->ways + way] = node == VJP_NO_NODE ? 0 : errors[node];
        }
    }
}

enum vjp_status vjp_ways_measure(const struct vjp_ways *w, const bool wanted[VJP_MAX_INPUTS],
                                 struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    const struct vjp_gradient *any = NULL;
    const struct vjp_program *p = w->program;
    long double *errors = malloc(((size_t)vjp_tape_count(w->graph->tape) + 1) * sizeof *errors);
    if (!errors)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        if (!wanted[i])
            continue;
        any = &gradient[i];
        status = init_ways(p, &gradient[i], error);
    }
    for (int format = (int)p->dtype; any && status == VJP_OK && format <= VJP_F64; format++) {
        for (int saved = 0; saved < 2 << p->n_saved; saved++) {
            const bool flushes = saved >> p->n_saved;
            const int given = saved & ((1 << p->n_saved) - 1);
            const struct vjp_running running =
                running_of(w, (enum vjp_dtype)format, flushes, given);
            vjp_running_errors(w->graph->tape, w->value, &running, errors);
            take_errors(w, wanted, errors,
                        vjp_gradient_way(any, (enum vjp_dtype)format, flushes, (uint32_t)given),
                        gradient);
        }
    }
    free(errors);
    return status;
}
