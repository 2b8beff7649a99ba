/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/exact/block.h"
#include "oracle/exact/form.h"
#include "oracle/exact/selfcheck.h"
#include "oracle/metric/exact_element.h"
#include "oracle/metric/measure_parts.h"
#include "oracle/metric/reference_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum vjp_status vjp_reference_check_contracted(const struct vjp_case *c, struct vjp_error *error)
{
    if (!vjp_form_exists(c->spec))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "layer %s is no sum of products of operands: there is no exact contraction",
                        c->spec->name);
    const int64_t terms = c->spec->reduction(c);
    if (terms > VJP_BLOCK_TERMS_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "a sum of %" PRId64 " terms exceeds the limit of %" PRId64
                        " of the exact contraction",
                        terms, VJP_BLOCK_TERMS_MAX);
    return VJP_OK;
}

/* The solution checked in two ways that share nothing with how it was found. One row that is exact, of zeros say, tells
 * nothing of the others. */
static enum vjp_status self_check(struct vjp_reference_gradient *g, struct vjp_error *error)
{
    const struct vjp_contraction *const r = &g->solution.contraction;
    int64_t rows;
    enum vjp_status status = vjp_exact_sample(&g->solution, &g->old, error);
    if (status == VJP_OK)
        status = vjp_selfcheck_rows(&g->solution, &rows, error);
    if (status == VJP_OK && (rows == 0 || rows < r->batches * r->rows))
        status = vjp_selfcheck_panel(&g->solution, error);
    return status;
}

static enum vjp_status contract(struct vjp_reference_gradient *g, const struct vjp_case *c,
                                const struct vjp_data *data, int i, int jobs, bool checked,
                                struct vjp_error *error)
{
    const struct vjp_tensor *old = &data->slot[vjp_slot_gradient(c->spec, i)];
    enum vjp_status status = vjp_solution_create(c, data, i, jobs, &g->solution, error);
    if (status != VJP_OK)
        return status;
    g->present = g->contracted = true;
    if (old->data)
        status = vjp_tensor_copy(&g->old, old, error);
    if (status == VJP_OK && checked)
        status = self_check(g, error);
    if (status == VJP_OK)
        status = vjp_facts_init(&g->facts, &g->solution.contraction, error);
    return status;
}

static enum vjp_status create(const struct vjp_case *c, const struct vjp_data *data, int jobs,
                              bool checked, struct vjp_reference **out, struct vjp_error *error)
{
    enum vjp_status status = vjp_reference_check_contracted(c, error);
    if (status != VJP_OK)
        return status;
    struct vjp_reference *r = calloc(1, sizeof *r);
    if (!r)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reference");
    assert(c->spec->n_saved == 0); /* the forward pass is not computed */
    r->dtype = c->dtype;
    r->jobs = jobs;
    r->analysed = r->judged = true;
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (vjp_case_has_gradient(c, i))
            status = contract(&r->gradient[vjp_slot_gradient(c->spec, i)], c, data, i, jobs,
                              checked, error);
    }
    if (status == VJP_OK)
        *out = r;
    else
        vjp_reference_destroy(r);
    return status;
}

enum vjp_status vjp_reference_create_contracted(const struct vjp_case *c,
                                                const struct vjp_data *data, int jobs,
                                                struct vjp_reference **out, struct vjp_error *error)
{
    return create(c, data, jobs, true, out, error);
}

enum vjp_status vjp_reference_create_unchecked(const struct vjp_case *c,
                                               const struct vjp_data *data,
                                               struct vjp_reference **out, struct vjp_error *error)
{
    return create(c, data, 1, false, out, error);
}

enum vjp_status vjp_reference_check_agreement(const struct vjp_case *c,
                                              const struct vjp_reference *a,
                                              const struct vjp_reference *b,
                                              struct vjp_error *error)
{
    for (int slot = vjp_slot_cotangent(c->spec) + 1; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        int64_t count = 0;
        char name[VJP_SLOT_NAME_MAX];
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        const enum vjp_status status = vjp_shape_count(&shape, &count, error);
        if (status != VJP_OK)
            return status;
        for (int64_t i = 0; i < count; i++) {
            if (vjp_reference_is_settled(a, slot, i) && vjp_reference_is_settled(b, slot, i) &&
                !vjp_measure_is_same(c->dtype, vjp_reference_rounded(a, slot, i),
                                     vjp_reference_rounded(b, slot, i)))
                return vjp_fail(error, VJP_ERR_INTERNAL,
                                "the exact contraction and the explicit Jacobian have two results "
                                "for element %" PRId64 " of %s: please report this",
                                i, vjp_slot_name(c->spec, slot, name, sizeof name));
        }
    }
    return VJP_OK;
}
