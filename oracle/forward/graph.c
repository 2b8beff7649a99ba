/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/graph.h"

#include "cases/spec/domain.h"
#include "cases/spec/pipeline.h"
#include "oracle/forward/forward.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status count_of(const struct vjp_shape *shape, int64_t **nodes, int64_t *count,
                                struct vjp_error *error)
{
    enum vjp_status status = vjp_shape_count(shape, count, error);
    if (status != VJP_OK)
        return status;
    *nodes = calloc((size_t)*count + 1, sizeof **nodes);
    return *nodes ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a formula's operands");
}

static bool is_integer(const struct vjp_spec *spec, int input)
{
    const enum vjp_domain domain = spec->input[input].domain;
    return domain == VJP_DOMAIN_INDEX || domain == VJP_DOMAIN_MASK;
}

/* Input i from the values of a slot: leaves, or integers, to which o points. */
static enum vjp_status add_input(struct vjp_graph *g, const struct vjp_operands *o, int i,
                                 const struct vjp_tensor *values, struct vjp_error *error)
{
    vjp_case_slot_shape(o->c, i, &g->in_shape[i]);
    if (is_integer(o->c->spec, i))
        return VJP_OK;
    enum vjp_status status = count_of(&g->in_shape[i], &g->in[i], &g->in_count[i], error);
    if (status != VJP_OK)
        return status;
    for (int64_t e = 0; e < g->in_count[i]; e++)
        g->in[i][e] = vjp_tape_leaf(g->tape, values->dtype, vjp_tensor_get(values, e));
    return VJP_OK;
}

/* All inputs that take part, input i from slot[i] of data, but for those with a negative one. */
static enum vjp_status add_inputs(struct vjp_graph *g, struct vjp_operands *o,
                                  const struct vjp_data *data, const int slot[VJP_MAX_INPUTS],
                                  struct vjp_error *error)
{
    for (int i = 0; i < o->c->spec->n_inputs; i++) {
        if (slot[i] < 0 || !vjp_case_has_slot(o->c, i))
            continue;
        const struct vjp_tensor *values = &data->slot[slot[i]];
        const enum vjp_status status = add_input(g, o, i, values, error);
        if (status != VJP_OK)
            return status;
        o->in[i] = g->in[i];
        if (is_integer(o->c->spec, i))
            o->index[i] = values->data;
    }
    return VJP_OK;
}

/* Whether the number is surely none of the domain: no number of its enclosure is, or it is no number.
 * One whose enclosure holds numbers of both sides may be inside, and is let pass: at a higher precision
 * it is seen on which side it lies, and what is never seen leaves the elements behind it undetermined. */
static bool is_outside(enum vjp_domain domain, const struct vjp_real *value)
{
    if (domain != VJP_DOMAIN_POSITIVE || value->kind == VJP_REAL_UNKNOWN)
        return false;
    return value->kind != VJP_REAL_FINITE || mpfr_sgn(vjp_real_high(value)) <= 0;
}

static enum vjp_status fail_given(const struct vjp_case *stage, int k, const char *before,
                                  int64_t i, const struct vjp_real *value, struct vjp_error *error)
{
    static const char *const words[] = {
        [VJP_REAL_POS_INF] = "inf", [VJP_REAL_NEG_INF] = "-inf", [VJP_REAL_NAN] = "nan"};
    struct vjp_shape shape;
    char index[128];
    char number[64];
    char expected[128];
    vjp_case_slot_shape(stage, 0, &shape);
    if (value->kind == VJP_REAL_FINITE && mpfr_zero_p(vjp_real_low(value)))
        snprintf(number, sizeof number, "0"); /* the sign of a zero is not kept */
    else if (value->kind == VJP_REAL_FINITE)
        mpfr_snprintf(number, sizeof number, "%.10Rg", vjp_real_low(value));
    else
        snprintf(number, sizeof number, "%s", words[value->kind]);
    return vjp_fail(error, VJP_ERR_USAGE, "%d.%s%s=%s, the output of stage %d (%s): expected %s",
                    k + 1, stage->spec->input[0].name,
                    vjp_shape_index_text(&shape, i, index, sizeof index), number, k, before,
                    vjp_domain_text(stage, 0, expected, sizeof expected));
}

/* VJP_ERR_USAGE where stage k > 0 is given what is outside of its first input's domain: the first such
 * element. nodes are those of the output of the stage before. */
static enum vjp_status check_given(const struct vjp_pipeline *p, int k,
                                   const struct vjp_case *stage, const struct vjp_tape *tape,
                                   const int64_t *nodes, int64_t count, struct vjp_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        const struct vjp_real *value = vjp_tape_value(tape, nodes[i]);
        if (is_outside(stage->spec->input[0].domain, value))
            return fail_given(stage, k, p->stage[k - 1]->name, i, value, error);
    }
    return VJP_OK;
}

/* The leaves of a stage's first input: what is known of the output before. */
static enum vjp_status add_given(struct vjp_graph *g, struct vjp_operands *o,
                                 const struct vjp_graph *before, struct vjp_error *error)
{
    g->in_shape[0] = before->y_shape;
    const enum vjp_status status = count_of(&g->in_shape[0], &g->in[0], &g->in_count[0], error);
    if (status != VJP_OK)
        return status;
    for (int64_t e = 0; e < g->in_count[0]; e++)
        g->in[0][e] = vjp_tape_leaf_real(g->tape, vjp_tape_value(before->tape, before->y[e]));
    o->in[0] = g->in[0];
    return VJP_OK;
}

static vjp_forward_function *formula_of(const struct vjp_spec *spec, struct vjp_error *error)
{
    vjp_forward_function *formula = vjp_forward_find(spec->name);
    if (!formula)
        vjp_error_set(error, "the oracle has no formula for the layer %s", spec->name);
    return formula;
}

/* Records a single layer's formula: y and the saved values of g from the operands. */
static enum vjp_status record(struct vjp_graph *g, struct vjp_operands *o, struct vjp_error *error)
{
    const struct vjp_spec *spec = o->c->spec;
    vjp_forward_function *formula = formula_of(spec, error);
    if (!formula)
        return VJP_ERR_INTERNAL;
    vjp_case_slot_shape(o->c, vjp_slot_cotangent(spec), &g->y_shape);
    enum vjp_status status = count_of(&g->y_shape, &g->y, &g->y_count, error);
    for (int k = 0; k < spec->n_saved && status == VJP_OK; k++) {
        vjp_case_saved_shape(o->c, k, &g->saved_shape[k]);
        status = count_of(&g->saved_shape[k], &g->saved[k], &g->saved_count[k], error);
        o->saved[k] = g->saved[k];
    }
    if (status != VJP_OK)
        return status;
    o->y = g->y;
    formula(g->tape, o);
    for (int k = 0; k < spec->n_saved; k++) {
        if (strcmp(spec->saved[k].name, spec->output) == 0)
            memcpy(g->saved[k], g->y, (size_t)g->y_count * sizeof *g->y);
    }
    return vjp_tape_status(g->tape, error);
}

/* Records stage after stage; each reads what the one before wrote. o has the operands of the whole. */
static enum vjp_status record_stages(struct vjp_graph *g, const struct vjp_operands *o,
                                     const struct vjp_pipeline *p, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int k = 0; k < p->n_stages && status == VJP_OK; k++) {
        struct vjp_case c;
        struct vjp_graph stage = {.tape = g->tape};
        struct vjp_operands operands = {.c = &c};
        vjp_pipeline_stage(o->c, k, &c);
        for (int i = 0; i < c.spec->n_inputs; i++) {
            if (p->input[k][i] < 0)
                continue;
            operands.in[i] = o->in[p->input[k][i]];
            operands.index[i] = o->index[p->input[k][i]];
        }
        if (k > 0) {
            operands.in[0] = g->y;
            status = check_given(p, k, &c, g->tape, g->y, g->y_count, error);
        }
        if (status == VJP_OK)
            status = record(&stage, &operands, error);
        free(g->y);
        g->y = stage.y;
        g->y_shape = stage.y_shape;
        g->y_count = stage.y_count;
        for (int s = 0; s < VJP_MAX_SAVED; s++)
            free(stage.saved[s]);
    }
    return status;
}

static enum vjp_status fail_large(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_LIMIT,
                    "the case is too large for the explicit Jacobian: its formula has more than "
                    "%" PRId64 " scalar operations or elements",
                    VJP_GRAPH_MAX);
}

static enum vjp_status check_layer(const struct vjp_case *c, struct vjp_error *error)
{
    if (!(vjp_case_work(c) <= (double)VJP_GRAPH_MAX))
        return fail_large(error);
    for (int slot = 0; slot <= vjp_slot_cotangent(c->spec); slot++) {
        struct vjp_shape shape;
        int64_t count;
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        if (vjp_shape_count(&shape, &count, NULL) != VJP_OK || count > VJP_GRAPH_MAX)
            return fail_large(error);
    }
    return VJP_OK;
}

enum vjp_status vjp_graph_check(const struct vjp_case *c, struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    enum vjp_status status = VJP_OK;
    if (!p)
        return check_layer(c, error);
    for (int k = 0; k < p->n_stages && status == VJP_OK; k++) {
        struct vjp_case stage;
        vjp_pipeline_stage(c, k, &stage);
        status = check_layer(&stage, error);
    }
    if (status == VJP_OK && !(vjp_case_work(c) <= (double)VJP_GRAPH_MAX))
        status = fail_large(error);
    return status;
}

static enum vjp_status create_tape(struct vjp_graph *g, mpfr_prec_t precision,
                                   struct vjp_kinks kinks, struct vjp_error *error)
{
    g->tape = vjp_tape_create(precision, kinks);
    return g->tape ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a tape");
}

enum vjp_status vjp_graph_init(struct vjp_graph *out, const struct vjp_case *c,
                               const struct vjp_data *data, mpfr_prec_t precision,
                               struct vjp_kinks kinks, struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    struct vjp_operands o = {.c = c};
    struct vjp_graph g = {0};
    int slot[VJP_MAX_INPUTS];
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        slot[i] = i;
    enum vjp_status status = vjp_graph_check(c, error);
    if (status == VJP_OK)
        status = create_tape(&g, precision, kinks, error);
    if (status == VJP_OK)
        status = add_inputs(&g, &o, data, slot, error);
    if (status == VJP_OK)
        status = p ? record_stages(&g, &o, p, error) : record(&g, &o, error);
    if (status == VJP_OK)
        *out = g;
    else
        vjp_graph_clear(&g);
    return status;
}

enum vjp_status vjp_graph_init_stage(struct vjp_graph *out, const struct vjp_case *c,
                                     const struct vjp_data *data, int k,
                                     const struct vjp_graph *before, mpfr_prec_t precision,
                                     struct vjp_kinks kinks, struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    struct vjp_case stage;
    struct vjp_operands o = {.c = &stage};
    struct vjp_graph g = {0};
    enum vjp_status status = vjp_graph_check(c, error);
    if (status != VJP_OK)
        return status;
    vjp_pipeline_stage(c, k, &stage);
    status = create_tape(&g, precision, kinks, error);
    if (status == VJP_OK)
        status = add_inputs(&g, &o, data, p->input[k], error);
    if (status == VJP_OK && k > 0)
        status = check_given(p, k, &stage, before->tape, before->y, before->y_count, error);
    if (status == VJP_OK && k > 0)
        status = add_given(&g, &o, before, error);
    if (status == VJP_OK)
        status = record(&g, &o, error);
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
    for (int k = 0; k < VJP_MAX_SAVED; k++)
        free(graph->saved[k]);
    free(graph->y);
    vjp_tape_destroy(graph->tape);
    *graph = (struct vjp_graph){0};
}
