/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/derive.h"

#include "oracle/jacobian/product.h"

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

static enum vjp_status contract(const struct vjp_jacobian *jacobian, const struct vjp_real *dy,
                                const struct vjp_tensor *old, struct vjp_gradient *out,
                                struct vjp_error *error)
{
    struct vjp_gradient gradient;
    enum vjp_status status =
        vjp_gradient_init(&gradient, jacobian->columns, jacobian->precision, error);
    if (status != VJP_OK)
        return status;
    status = vjp_product_transposed(jacobian, dy, &gradient, error);
    if (status != VJP_OK) {
        vjp_gradient_clear(&gradient);
        return status;
    }
    if (old->data)
        add_old(&gradient, old, jacobian->precision);
    *out = gradient;
    return VJP_OK;
}

enum vjp_status vjp_derive_check(const struct vjp_case *c, struct vjp_error *error)
{
    return vjp_graph_check(c, error);
}

enum vjp_status vjp_derive_gradients(const struct vjp_case *c, const struct vjp_data *data,
                                     mpfr_prec_t precision,
                                     struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                     struct vjp_error *error)
{
    struct vjp_graph graph;
    enum vjp_status status = vjp_graph_init(&graph, c, data, precision, error);
    if (status != VJP_OK)
        return status;
    struct vjp_jacobian jacobian[VJP_MAX_INPUTS] = {0};
    struct vjp_gradient made[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    for (int i = 0; i < c->spec->n_inputs; i++)
        wanted[i] = c->spec->input[i].differentiable && vjp_case_has_slot(c, i);
    const struct vjp_tensor *cotangent = &data->slot[vjp_slot_cotangent(c->spec)];
    struct vjp_limbs limbs = {0};
    struct vjp_real *dy = vjp_reals_create(graph.y_count, precision, &limbs);
    if (!dy) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a cotangent");
        goto cleanup;
    }
    for (int64_t e = 0; e < graph.y_count; e++)
        vjp_real_set_bits(&dy[e], cotangent->dtype, vjp_tensor_get(cotangent, e));
    status = vjp_jacobian_by_rows(&graph, wanted, jacobian, error);
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (wanted[i])
            status = contract(&jacobian[i], dy, &data->slot[vjp_slot_gradient(c->spec, i)],
                              &made[i], error);
    }
cleanup:
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        vjp_jacobian_clear(&jacobian[i]);
        if (status == VJP_OK && wanted[i])
            gradient[i] = made[i];
        else
            vjp_gradient_clear(&made[i]);
    }
    free(dy);
    vjp_limbs_clear(&limbs);
    vjp_graph_clear(&graph);
    return status;
}
