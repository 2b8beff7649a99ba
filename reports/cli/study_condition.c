/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_condition.h"

#include "oracle/metric/deviation.h"
#include "reports/cli/inquiry.h"
#include "reports/study/figures.h"

#include <math.h>
#include <stdio.h>

/* A target that no data has by chance, and that 64 terms of f16 reach. */
#define PROBE_TARGET   1e4
#define PROBE_ELEMENTS 16

bool vjp_study_cancel_is_near(double target, double scale, double exact)
{
    const double condition = 2 * scale / fabs(exact);
    return condition >= target / VJP_STUDY_CANCEL_FACTOR &&
           condition < target * VJP_STUDY_CANCEL_FACTOR;
}

#define CONDITIONS_MAX 4096

struct conditions {
    int64_t count;
    double value[CONDITIONS_MAX];
};

static void note_condition(void *env, const struct vjp_deviation *d)
{
    struct conditions *n = env;
    if (n->count < CONDITIONS_MAX)
        n->value[n->count++] =
            d->kind == VJP_DEVIATION_KNOWN ? 2 * d->scale / fabs(d->exact) : (double)INFINITY;
}

enum vjp_status vjp_study_cancel_case(const struct vjp_study_cancel *cancel, double target,
                                      int64_t elements, uint64_t seed, struct vjp_case *out,
                                      struct vjp_error *error)
{
    struct vjp_case c = {0};
    char values[48];
    enum vjp_status status = vjp_study_axis_case(&cancel->axis, -1, VJP_STUDY_CANCEL_TERMS,
                                                 elements, "normal", seed, &c, error);
    snprintf(values, sizeof values, "cancel:%.17g", fmax(1, target / cancel->gain));
    if (status == VJP_OK)
        status = vjp_case_set_values(&c, cancel->slot, values, error);
    if (status == VJP_OK)
        status = vjp_case_validate(&c, error);
    if (status == VJP_OK)
        *out = c;
    else
        vjp_case_clear(&c);
    return status;
}

/* The share of elements whose condition is near the median, which becomes *median; 0 where there is no such case, or the
 * median is not above what was asked for. */
static double try_slot(const struct vjp_study_cancel *cancel, double *median)
{
    struct vjp_case c = {0};
    struct vjp_inquiry inquiry;
    struct conditions n = {0};
    int64_t near = 0;
    const int input = cancel->axis.input;
    if (vjp_study_cancel_case(cancel, PROBE_TARGET, PROBE_ELEMENTS, 1, &c, NULL) != VJP_OK)
        return 0;
    if (vjp_inquiry_make(&c, VJP_ORACLE_AUTO, (struct vjp_kinks){0}, &inquiry, NULL) == VJP_OK)
        vjp_deviation_visit(inquiry.question.reference, vjp_slot_gradient(c.spec, input), NULL,
                            note_condition, &n);
    vjp_inquiry_clear(&inquiry);
    vjp_case_clear(&c);
    *median = vjp_quantiles_find(n.count, n.value).p50;
    for (int64_t i = 0; i < n.count; i++)
        near += vjp_study_cancel_is_near(*median, n.value[i] / 2, 1);
    return *median >= PROBE_TARGET && isfinite(*median) ? (double)near / (double)n.count : 0;
}

enum vjp_status vjp_study_cancel_find(const struct vjp_study_axis *axis,
                                      struct vjp_study_cancel *out, struct vjp_error *error)
{
    const struct vjp_spec *spec = axis->spec;
    double best = 0;
    for (int slot = 0; slot <= vjp_slot_cotangent(spec) && axis->dim >= 0; slot++) {
        for (int d = 0; d < spec->n_dims && vjp_slot_partner(spec, slot) >= 0; d++) {
            struct vjp_study_cancel next = {.slot = slot, .gain = 1, .axis = *axis};
            double median = 0;
            if (axis->sums[d])
                continue;
            next.axis.small[d] = 1;
            next.axis.sums[d] = true; /* not to grow */
            const double share = try_slot(&next, &median);
            if (share > best) {
                best = share;
                *out = next;
                out->gain = median / PROBE_TARGET;
            }
        }
    }
    if (best >= 0.25)
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_USAGE,
                    "no operand's generator cancel makes the terms of this gradient cancel");
}
