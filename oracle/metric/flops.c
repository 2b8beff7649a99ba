/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/flops.h"

#include "oracle/exact/contraction.h"

enum vjp_status vjp_flops_count(const struct vjp_case *c, const struct vjp_data *data, double *out,
                                struct vjp_error *error)
{
    double flops = 0;
    for (int i = 0; i < c->spec->n_inputs && vjp_contraction_exists(c->spec); i++) {
        struct vjp_contraction product;
        if (!vjp_case_has_slot(c, i))
            continue;
        const enum vjp_status status = vjp_contraction_init(&product, c, data, i, error);
        if (status != VJP_OK)
            return status;
        flops += (product.right ? 2.0 : 1.0) * (double)product.batches * (double)product.rows *
                 (double)product.cols * (double)product.terms;
        vjp_contraction_clear(&product);
    }
    *out = flops;
    return VJP_OK;
}
