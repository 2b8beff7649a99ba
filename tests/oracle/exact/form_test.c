/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

#include <criterion/criterion.h>

/* A form names inputs that the layer has, each at most once, and every differentiable one. */
Test(form, names_every_operand_once)
{
    int forms = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        const struct vjp_form *form = vjp_form_find(*spec);
        int seen[VJP_MAX_INPUTS] = {0};
        if (!form)
            continue;
        forms++;
        cr_assert(form->n_terms >= 1 && form->n_terms <= VJP_FORM_TERMS_MAX);
        for (int t = 0; t < form->n_terms; t++) {
            cr_assert(form->term[t].a >= 0 && form->term[t].a < (*spec)->n_inputs);
            cr_assert(form->term[t].b < (*spec)->n_inputs);
            seen[form->term[t].a]++;
            if (form->term[t].b != VJP_FORM_NONE)
                seen[form->term[t].b]++;
        }
        for (int i = 0; i < (*spec)->n_inputs; i++)
            cr_expect_eq(seen[i], (*spec)->input[i].differentiable, "%s, input %d", (*spec)->name,
                         i);
    }
    cr_expect_geq(forms, 2);
    cr_expect_null(vjp_form_find(vjp_spec_find("relu")));
}
