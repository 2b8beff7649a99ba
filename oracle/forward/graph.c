/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/graph.h"

#include "cases/base/checked.h"
#include "oracle/forward/forward.h"

#include <inttypes.h>
#include <stdlib.h>

static enum vjp_status count_of(const struct vjp_shape *shape, int64_t **nodes, int64_t *count,
                                struct vjp_error *error)
{
    enum vjp_status status = vjp_shape_count(shape, count, error);
    if (status != VJP_OK)
        return status;
    *nodes = calloc((size_t)*count + 1, sizeof **nodes);
    return *nodes ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a formula's operands");
}

static enum vjp_status add_inputs(struct vjp_graph *g, const struct vjp_case *c,
                                  const struct vjp_data *data, struct vjp_error *error)
{
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (!vjp_case_has_slot(c, i))
            continue;
        vjp_case_slot_shape(c, i, &g->in_shape[i]);
        enum vjp_status status = count_of(&g->in_shape[i], &g->in[i], &g->in_count[i], error);
        if (status != VJP_OK)
            return status;
        const struct vjp_tensor *values = &data->slot[i];
        for (int64_t e = 0; e < g->in_count[i]; e++)
            g->in[i][e] = vjp_tape_leaf(g->tape, values->dtype, vjp_tensor_get(values, e));
    }
    return VJP_OK;
}

enum vjp_status vjp_graph_check(const struct vjp_case *c, struct vjp_error *error)
{
    int64_t size = 1;
    for (int d = 0; d < c->spec->n_dims; d++) {
        const int64_t dim = c->dim[d] > 1 ? c->dim[d] : 1;
        if (!vjp_checked_mul(size, dim, &size) || size > VJP_GRAPH_MAX)
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "the case is too large for the explicit Jacobian: the product of its "
                            "dimensions exceeds %" PRId64,
                            VJP_GRAPH_MAX);
    }
    return VJP_OK;
}

enum vjp_status vjp_graph_init(struct vjp_graph *out, const struct vjp_case *c,
                               const struct vjp_data *data, mpfr_prec_t precision,
                               struct vjp_error *error)
{
    enum vjp_status status = vjp_graph_check(c, error);
    if (status != VJP_OK)
        return status;
    vjp_forward_function *formula = vjp_forward_find(c->spec->name);
    if (!formula)
        return vjp_fail(error, VJP_ERR_INTERNAL, "the oracle has no formula for the layer %s",
                        c->spec->name);
    struct vjp_graph g = {.tape = vjp_tape_create(precision)};
    if (!g.tape)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a tape");
    status = add_inputs(&g, c, data, error);
    if (status != VJP_OK)
        goto cleanup;
    vjp_case_slot_shape(c, vjp_slot_cotangent(c->spec), &g.y_shape);
    status = count_of(&g.y_shape, &g.y, &g.y_count, error);
    if (status != VJP_OK)
        goto cleanup;
    formula(g.tape, c, g.in, g.y);
    status = vjp_tape_status(g.tape, error);
cleanup:
    if (status == VJP_OK)
        *out = g;
    else
        vjp_graph_clear(&g);
    return status;
}

void vjp_graph_clear(struct vjp_graph *graph)
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        free(graph->in[i]);
    free(graph->y);
    vjp_tape_destroy(graph->tape);
    *graph = (struct vjp_graph){0};
}
