/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/derive.h"

#include "cases/spec/pipeline.h"
#include "oracle/jacobian/product.h"
#include "oracle/jacobian/program.h"
#include "oracle/tape/rational.h"

#include <stdlib.h>

/* Adds to each element what the output held before the call. */
static void add_old(struct vjp_gradient *gradient, const struct vjp_tensor *old,
                    mpfr_prec_t precision)
{
    struct vjp_real term;
    vjp_real_init(&term, precision);
    for (int64_t e = 0; e < gradient->count; e++) {
        vjp_real_set_bits(&term, old->dtype, vjp_tensor_get(old, e));
        vjp_gradient_add(gradient, e, &term);
    }
    vjp_real_clear(&term);
}

/* The cotangent's elements, in limbs; NULL when memory ends. */
static struct vjp_real *read_cotangent(const struct vjp_tensor *cotangent, mpfr_prec_t precision,
                                       struct vjp_limbs *limbs)
{
    struct vjp_real *dy = vjp_reals_create(cotangent->count, precision, limbs);
    for (int64_t e = 0; dy && e < cotangent->count; e++)
        vjp_real_set_bits(&dy[e], cotangent->dtype, vjp_tensor_get(cotangent, e));
    return dy;
}

/* J^T dy by the explicit Jacobians, if the formula is that simple. */
static enum vjp_status contract(const struct vjp_graph *graph, const struct vjp_case *c,
                                const struct vjp_data *data, struct vjp_derivation *d, bool *plain,
                                struct vjp_error *error)
{
    struct vjp_jacobian jacobian[VJP_MAX_INPUTS] = {0};
    struct vjp_limbs limbs = {0};
    const mpfr_prec_t precision = vjp_tape_precision(graph->tape);
    struct vjp_real *dy =
        read_cotangent(&data->slot[vjp_slot_cotangent(c->spec)], precision, &limbs);
    enum vjp_status status = VJP_OK;
    if (!dy)
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a cotangent");
    if (status == VJP_OK)
        status = vjp_jacobian_if_plain(graph, d->has_gradient, jacobian, plain, error);
    int64_t entries = 0;
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        entries += jacobian[i].entries;
    /* Where nothing depends on anything every formula looks plain. */
    *plain = *plain && (entries > 0 || c->spec->sums_products);
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK && *plain; i++) {
        if (!d->has_gradient[i])
            continue;
        status = vjp_product_transposed(&jacobian[i], dy, &d->gradient[i], error);
        const struct vjp_tensor *old = &data->slot[vjp_slot_gradient(c->spec, i)];
        if (status == VJP_OK && old->data)
            add_old(&d->gradient[i], old, precision);
    }
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        vjp_jacobian_clear(&jacobian[i]);
    free(dy);
    vjp_limbs_clear(&limbs);
    return status;
}

/* The recorded backward pass. */
static enum vjp_status run_program(struct vjp_graph *graph, const struct vjp_case *c,
                                   const struct vjp_data *data,
                                   struct vjp_gradient *const first[VJP_MAX_INPUTS],
                                   struct vjp_derivation *d, struct vjp_error *error)
{
    struct vjp_program program;
    enum vjp_status status = vjp_program_record(graph, c, data, d->has_gradient, &program, error);
    if (status != VJP_OK)
        return status;
    if (!first)
        status = vjp_program_measure(graph, &program, d->has_gradient, d->gradient, error);
    else
        status = vjp_program_take_values(graph, &program, d->has_gradient, d->gradient, error);
    for (int i = 0; first && i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        if (d->has_gradient[i] && first[i])
            vjp_gradient_adopt(&d->gradient[i], first[i]);
    }
    vjp_program_clear(&program);
    return status;
}

static enum vjp_status copy_values(const struct vjp_tape *tape, const int64_t *nodes, int64_t count,
                                   const struct vjp_shape *shape, struct vjp_reals *out,
                                   struct vjp_error *error)
{
    *out = (struct vjp_reals){.shape = *shape, .count = count};
    out->value = vjp_reals_create(count, vjp_tape_precision(tape), &out->limbs);
    if (!out->value)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an output");
    for (int64_t e = 0; e < count; e++) {
        vjp_real_set(&out->value[e], vjp_tape_value(tape, nodes[e]));
        if (vjp_tape_is_huge(tape, nodes[e]))
            out->value[e].kind = VJP_REAL_POS_INF; /* what it rounds to: nothing depends on these */
    }
    return vjp_rational_settle(tape, nodes, count, out->value, error);
}

/* What the forward pass gives: the output and the saved values. */
static enum vjp_status copy_outputs(const struct vjp_graph *graph, struct vjp_derivation *d,
                                    struct vjp_error *error)
{
    enum vjp_status status =
        copy_values(graph->tape, graph->y, graph->y_count, &graph->y_shape, &d->y, error);
    for (int k = 0; k < VJP_MAX_SAVED && status == VJP_OK; k++) {
        if (graph->saved[k])
            status = copy_values(graph->tape, graph->saved[k], graph->saved_count[k],
                                 &graph->saved_shape[k], &d->saved[k], error);
    }
    return status;
}

double vjp_derive_work_max(void)
{
    return (double)VJP_GRAPH_MAX;
}

enum vjp_status vjp_derive_check(const struct vjp_case *c, struct vjp_error *error)
{
    return vjp_graph_check(c, error);
}

enum vjp_status vjp_derive_check_domains(const struct vjp_case *c, const struct vjp_data *data,
                                         mpfr_prec_t precision, struct vjp_error *error)
{
    struct vjp_graph graph;
    if (vjp_pipeline_doubtful(c->spec) == 0)
        return VJP_OK;
    const enum vjp_status status =
        vjp_graph_init(&graph, c, data, precision, (struct vjp_kinks){0}, error);
    if (status == VJP_OK)
        vjp_graph_clear(&graph);
    return status;
}

enum vjp_status vjp_derive(const struct vjp_case *c, const struct vjp_data *data,
                           mpfr_prec_t precision, struct vjp_kinks kinks,
                           struct vjp_gradient *const first[VJP_MAX_INPUTS],
                           struct vjp_derivation *out, struct vjp_error *error)
{
    struct vjp_graph graph;
    enum vjp_status status = vjp_graph_init(&graph, c, data, precision, kinks, error);
    if (status != VJP_OK)
        return status;
    struct vjp_derivation d = {.on_kink = vjp_tape_on_kink(graph.tape)};
    bool plain = false;
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (!vjp_case_has_gradient(c, i))
            continue;
        status = vjp_gradient_init(&d.gradient[i], graph.in_count[i], precision, error);
        d.has_gradient[i] = status == VJP_OK;
    }
    if (status == VJP_OK)
        status = copy_outputs(&graph, &d, error);
    if (status == VJP_OK)
        status = contract(&graph, c, data, &d, &plain, error);
    if (status == VJP_OK && !plain)
        status = run_program(&graph, c, data, first, &d, error);
    vjp_graph_clear(&graph);
    if (status == VJP_OK)
        *out = d;
    else
        vjp_derivation_clear(&d);
    return status;
}

static void clear_reals(struct vjp_reals *reals)
{
    free(reals->value);
    vjp_limbs_clear(&reals->limbs);
}

void vjp_derivation_clear(struct vjp_derivation *derivation)
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        vjp_gradient_clear(&derivation->gradient[i]);
    clear_reals(&derivation->y);
    for (int k = 0; k < VJP_MAX_SAVED; k++)
        clear_reals(&derivation->saved[k]);
    *derivation = (struct vjp_derivation){0};
}
