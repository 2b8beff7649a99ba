/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/chain.h"

#include "cases/spec/pipeline.h"
#include "oracle/jacobian/product.h"

static enum vjp_status derive(const struct vjp_graph *graph, int input, struct vjp_jacobian *out,
                              struct vjp_error *error)
{
    struct vjp_jacobian all[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    wanted[input] = true;
    const enum vjp_status status = vjp_jacobian_by_rows(graph, wanted, all, error);
    if (status == VJP_OK)
        *out = all[input];
    return status;
}

/* (dy/dx) so far becomes (dz/dy) (dy/dx), z the output of the stage. */
static enum vjp_status extend(const struct vjp_graph *stage, struct vjp_jacobian *chain,
                              struct vjp_error *error)
{
    struct vjp_jacobian dz_dy = {0};
    struct vjp_jacobian product = {0};
    enum vjp_status status = derive(stage, 0, &dz_dy, error);
    if (status == VJP_OK)
        status = vjp_product_matrix(&dz_dy, chain, &product, error);
    if (status == VJP_OK) {
        vjp_jacobian_clear(chain);
        *chain = product;
    }
    vjp_jacobian_clear(&dz_dy);
    return status;
}

/* The input of stage k that is the input of the whole, or -1. */
static int input_of(const struct vjp_pipeline *p, int k, int input)
{
    for (int i = 0; i < p->stage[k]->n_inputs; i++) {
        if (p->input[k][i] == input)
            return i;
    }
    return -1;
}

enum vjp_status vjp_chain_jacobian(const struct vjp_case *c, const struct vjp_data *data, int input,
                                   mpfr_prec_t precision, struct vjp_kinks kinks,
                                   struct vjp_jacobian *out, struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    struct vjp_graph before = {0};
    struct vjp_jacobian chain = {0};
    bool begun = false;
    enum vjp_status status = VJP_OK;
    for (int k = 0; k < p->n_stages && status == VJP_OK; k++) {
        struct vjp_graph stage = {0};
        const int own = input_of(p, k, input);
        status = vjp_graph_init_stage(&stage, c, data, k, &before, precision, kinks, error);
        if (status == VJP_OK && own >= 0)
            status = derive(&stage, own, &chain, error);
        else if (status == VJP_OK && begun)
            status = extend(&stage, &chain, error);
        begun |= own >= 0;
        vjp_graph_clear(&before);
        before = stage;
    }
    vjp_graph_clear(&before);
    if (status == VJP_OK)
        *out = chain;
    else
        vjp_jacobian_clear(&chain);
    return status;
}
