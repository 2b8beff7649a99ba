/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_wide.h"

#include "cases/gen/generate.h"
#include "oracle/metric/deviation.h"
#include "reports/cli/truth.h"

#include <math.h>
#include <stdlib.h>

/* A visitor for each number that is kept. */
struct keeping {
    double *exact, *scale;
};

static void keep(void *env, const struct vjp_deviation *d)
{
    const struct keeping *k = env;
    k->exact[d->index] = d->kind == VJP_DEVIATION_KNOWN ? d->exact : (double)NAN;
    if (k->scale)
        k->scale[d->index] = d->scale;
}

/* The exact gradient of such data. VJP_ERR_USAGE and VJP_ERR_LIMIT where the oracle does not take it. */
static enum vjp_status solve(const struct vjp_case *c, struct vjp_data *data, int slot,
                             bool contracted, struct keeping *out, struct vjp_error *error)
{
    const struct vjp_reference *reference;
    struct vjp_truth truth = {0};
    enum vjp_status status =
        vjp_truth_init(&truth, c, data, contracted ? VJP_ORACLE_EXACT : VJP_ORACLE_WHOLE, 1, error);
    if (status == VJP_OK)
        status = vjp_truth_find(&truth, (struct vjp_kinks){0}, &reference, error);
    if (status == VJP_OK)
        vjp_deviation_visit(reference, slot, NULL, keep, out);
    vjp_truth_clear(&truth);
    return status;
}

/* Whether every number of the dtype is the wide one, rounded; what has another type (indices, masks) is the same. */
static bool is_rounded(const struct vjp_case *c, const struct vjp_data *narrow,
                       const struct vjp_data *wide)
{
    for (int s = 0; s <= vjp_slot_cotangent(c->spec); s++) {
        const struct vjp_tensor *n = &narrow->slot[s], *w = &wide->slot[s];
        if (!n->data != !w->data || n->count != w->count)
            return false;
        for (int64_t i = 0; n->data && i < n->count; i++) {
            const double value = vjp_bits_to_double(w->dtype, vjp_tensor_get(w, i));
            if (vjp_bits_from_double(n->dtype, value) != vjp_tensor_get(n, i))
                return false;
        }
    }
    return true;
}

static void square(struct vjp_case *c, struct vjp_data *data)
{
    for (int s = 0; s <= vjp_slot_cotangent(c->spec); s++) {
        struct vjp_tensor *t = &data->slot[s];
        for (int64_t i = 0; t->data && t->dtype == VJP_F64 && i < t->count; i++) {
            const double value = vjp_bits_to_double(VJP_F64, vjp_tensor_get(t, i));
            vjp_tensor_set(t, i, vjp_bits_from_double(VJP_F64, value * value));
        }
    }
}

/* Of squared operands, a gradient that sums products is the sum of the squared terms; scale has S. */
static enum vjp_status find_terms(struct vjp_case *c, struct vjp_data *data, int slot,
                                  const double *scale, struct vjp_study_wide *wide,
                                  struct vjp_error *error)
{
    struct keeping keeping = {.exact = wide->terms};
    square(c, data);
    const enum vjp_status status = solve(c, data, slot, true, &keeping, error);
    for (int64_t i = 0; i < wide->count && status == VJP_OK; i++)
        wide->terms[i] = sqrt(wide->terms[i]) / scale[i];
    return status;
}

enum vjp_status vjp_study_wide_find(const struct vjp_case *c, const struct vjp_data *data, int slot,
                                    struct vjp_study_wide *out, struct vjp_error *error)
{
    struct vjp_case line = *c; /* its texts stay c's */
    struct vjp_data own = {0};
    struct vjp_study_wide wide = {0};
    struct vjp_shape shape;
    double *scale = NULL;
    line.dtype = VJP_F64;
    vjp_study_wide_clear(out);
    if (c->dtype == VJP_F64)
        return VJP_OK;
    const bool contracted = vjp_reference_check_contracted(&line, NULL) == VJP_OK;
    vjp_case_slot_shape(c, slot, &shape);
    enum vjp_status status = vjp_shape_count(&shape, &wide.count, error);
    if (status == VJP_OK)
        status = vjp_data_generate(&line, &own, error);
    if (status == VJP_OK && is_rounded(c, data, &own)) {
        wide.exact = calloc((size_t)wide.count + 1, sizeof *wide.exact);
        wide.terms = contracted ? calloc((size_t)wide.count + 1, sizeof *wide.terms) : NULL;
        scale = calloc((size_t)wide.count + 1, sizeof *scale);
        if (!wide.exact || (contracted && !wide.terms) || !scale)
            status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        struct keeping keeping = {.exact = wide.exact, .scale = scale};
        if (status == VJP_OK)
            status = solve(&line, &own, slot, contracted, &keeping, error);
        if (status == VJP_OK && contracted)
            status = find_terms(&line, &own, slot, scale, &wide, error);
        if (status == VJP_OK) {
            *out = wide;
            wide = (struct vjp_study_wide){0};
        }
    }
    free(scale);
    vjp_study_wide_clear(&wide);
    vjp_data_clear(&own);
    return status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT ? VJP_OK : status;
}

void vjp_study_wide_clear(struct vjp_study_wide *wide)
{
    free(wide->exact);
    free(wide->terms);
    *wide = (struct vjp_study_wide){0};
}

struct comparing {
    const struct vjp_study_wide *wide;
    struct vjp_parts *parts;
};

static void compare(void *env, const struct vjp_deviation *d)
{
    const struct comparing *k = env;
    const double exact = k->wide->exact[d->index];
    if (d->kind != VJP_DEVIATION_KNOWN || isnan(exact) || d->scale == 0)
        return;
    vjp_parts_add(k->parts, (d->exact - exact) / d->scale, d->error / d->scale);
    if (k->wide->terms)
        k->parts->spread = fmax(k->parts->spread, k->wide->terms[d->index]);
}

void vjp_study_wide_compare(const struct vjp_study_wide *wide,
                            const struct vjp_reference *reference, int slot,
                            const struct vjp_tensor *got, struct vjp_parts *parts)
{
    struct comparing comparing = {.wide = wide, .parts = parts};
    if (wide->count > 0)
        vjp_deviation_visit(reference, slot, got, compare, &comparing);
}
