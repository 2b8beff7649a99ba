/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/ways.h"

#include "oracle/tape/running.h"

#include <math.h>
#include <stdlib.h>

/* The derivation of the slack.
 *
 * The running error leaves nothing out, so the factor stands only for kernels that compute the same
 * function by other operations than the recorded ones. It is one number for every layer: where one operation
 * is recorded such a kernel may have a few, each with an error of its own and some of them doubled (a
 * quotient by way of a reciprocal; 1 / cosh^2 for 1 - tanh^2, whose square and reciprocal double what
 * cosh lost). Without the factor the largest error of correct kernels was 0.83 of the bound for backward
 * passes in software arithmetic that compute what is recorded (tests/oracle/metric/bound_program_test.c),
 * 1.84 for other formulas that people write (bound_forms_test.c, beside it), and never above 1 for those
 * that ship.
 *
 * It multiplies what an operation rounds, and the running error is computed with that: to first order the
 * same as a multiple of the running error. But what a kink decides is not multiplied: where the other side
 * may be taken the partial derivative is off by its width, and that once. And a sum is one operation: of its
 * n - 1 additions one counts so many times. The others stand for what any order of them can lose, which is
 * far more already than one order does. */

/* times roundings to nearest in a format. */
static struct vjp_given rounding_to(const struct vjp_format *format, int times)
{
    return (struct vjp_given){.u = times * ldexpl(1, -format->precision),
                              .least = times * ldexpl(1, format->emin - format->precision)};
}

/* The rounding of a saved value. The host rounds it once, to nearest. Where that is coarser than what the kernel
 * works with it counts once: nobody computes it, and nothing that a kernel does with it adds an error of that
 * size, so that there is nothing for a slack. Where it is as fine it is one of many of its size, and other formulas
 * have more of these (exp2(x log2 e - lse log2 e), which rounds lse log2 e and log2 e). An integer is exact. */
static struct vjp_given given_as(enum vjp_dtype saved, const struct vjp_format *accumulate)
{
    if (saved == VJP_I32)
        return (struct vjp_given){0};
    const struct vjp_format *kept = vjp_format(saved);
    return accumulate->precision > kept->precision ? rounding_to(kept, 1)
                                                   : rounding_to(accumulate, VJP_WAYS_SLACK);
}

/* What a way of computing makes of every operation. */
static struct vjp_running running_of(const struct vjp_ways *w, const struct vjp_way *way)
{
    const struct vjp_format *format = vjp_format(way->accumulate);
    const long double normal = VJP_WAYS_SLACK * ldexpl(1, format->emin);
    const long double subnormal = VJP_WAYS_SLACK * ldexpl(1, format->emin - format->precision);
    struct vjp_running running = {.u = ldexpl(1, -format->precision),
                                  .slack = VJP_WAYS_SLACK,
                                  .ulps = way->coarse ? VJP_ULPS_MAX : VJP_ULPS_DEFAULT,
                                  .underflow = way->flushes ? normal : subnormal,
                                  .flushed = way->flushes ? normal : 0,
                                  .tiny = normal,
                                  .mark = w->mark,
                                  .marks = (uint8_t)way->saved};
    if (way->narrow_operands)
        running.operand = rounding_to(vjp_format(w->program->dtype), VJP_WAYS_SLACK);
    for (int k = 0; k < w->program->n_saved; k++) {
        running.given[k] = given_as(w->program->saved_dtype[k], format);
        if (way->flushes && running.given[k].u != 0)
            running.given[k].least = normal; /* y - 0 flushes y */
    }
    return running;
}

static enum vjp_status init_ways(const struct vjp_program *p, struct vjp_gradient *g,
                                 struct vjp_error *error)
{
    g->dtype = p->dtype;
    g->n_saved = p->n_saved;
    g->ways = vjp_gradient_way(g, &(struct vjp_way){VJP_F64, true, true, true, UINT32_MAX}) + 1;
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

/* Whether the ulps of elementary functions matter. */
static bool has_functions(const struct vjp_tape *tape)
{
    for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
        const enum vjp_rounding rounding = vjp_tape_rounding(tape, v);
        if (rounding == VJP_ROUNDING_ELEMENTARY || rounding == VJP_ROUNDING_LOGSUMEXP)
            return true;
    }
    return false;
}

/* The error bounds of a way, and where functions do not matter of its coarse twin. any: one of the gradients. */
static void measure_way(const struct vjp_ways *w, struct vjp_way way, bool functions,
                        long double *errors, const bool wanted[VJP_MAX_INPUTS],
                        struct vjp_gradient gradient[VJP_MAX_INPUTS],
                        const struct vjp_gradient *any)
{
    for (int coarse = 0; coarse < 2; coarse++) {
        way.coarse = coarse;
        if (!coarse || functions) {
            const struct vjp_running running = running_of(w, &way);
            vjp_running_errors(w->graph->tape, w->landscape, &running, errors);
        }
        take_errors(w, wanted, errors, vjp_gradient_way(any, &way), gradient);
    }
}

/* All ways that accumulate in a format. */
static void measure_format(const struct vjp_ways *w, enum vjp_dtype format, long double *errors,
                           const bool wanted[VJP_MAX_INPUTS],
                           struct vjp_gradient gradient[VJP_MAX_INPUTS],
                           const struct vjp_gradient *any)
{
    const int n_saved = w->program->n_saved;
    const int arithmetics = format == w->program->dtype ? 2 : 4;
    const bool functions = has_functions(w->graph->tape);
    for (int i = 0; i < arithmetics << n_saved; i++) {
        const struct vjp_way way = {.accumulate = format,
                                    .narrow_operands = i >> n_saved & 2,
                                    .flushes = i >> n_saved & 1,
                                    .saved = (uint32_t)i & ((UINT32_C(1) << n_saved) - 1)};
        measure_way(w, way, functions, errors, wanted, gradient, any);
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
    for (int format = (int)p->dtype; any && status == VJP_OK && format <= VJP_F64; format++)
        measure_format(w, (enum vjp_dtype)format, errors, wanted, gradient, any);
    free(errors);
    return status;
}
