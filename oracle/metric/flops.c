/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/flops.h"

#include "oracle/exact/form.h"

static void mark_dims(const struct vjp_form_operand *operand, bool used[VJP_MAX_DIMS])
{
    for (int d = 0; d < operand->n_axes; d++) {
        used[operand->axis[d].dim] = true;
        if (operand->axis[d].tap != VJP_FORM_NONE)
            used[operand->axis[d].tap] = true;
    }
}

/* Every dimension that the output or a factor has is gone through once for each gradient. */
static double count_products(const struct vjp_form *form, int output,
                             const struct vjp_form_term *term)
{
    bool used[VJP_MAX_DIMS] = {false};
    double products = 1;
    mark_dims(&form->operand[output], used);
    mark_dims(&form->operand[term->a], used);
    if (term->b != VJP_FORM_NONE)
        mark_dims(&form->operand[term->b], used);
    for (int d = 0; d < form->n_dims; d++)
        products *= used[d] ? (double)form->dim[d] : 1;
    return products;
}

double vjp_flops_count(const struct vjp_case *c)
{
    struct vjp_form form;
    double flops = 0;
    if (!vjp_form_find(c, &form))
        return 0;
    for (int t = 0; t < form.n_terms; t++) {
        const struct vjp_form_term *term = &form.term[t];
        const double products = count_products(&form, c->spec->n_inputs, term);
        if (vjp_case_has_gradient(c, term->a))
            flops += (term->b == VJP_FORM_NONE ? 1 : 2) * products;
        if (term->b != VJP_FORM_NONE && vjp_case_has_gradient(c, term->b))
            flops += 2 * products;
    }
    return flops;
}
