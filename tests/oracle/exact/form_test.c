/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

#include "tests/cases/lines.h"

/* A case whose sizes differ where they can, so that axes cannot be mistaken for each other. */
static const char *const lines[] = {
    "linear dtype=f32 N=2 D=3 M=5 bias=1",
    "matmul dtype=f32 B=2 M=3 K=5 N=7 trans_a=1",
    "conv2d dtype=f32 N=2 C=6 H=9 W=11 K=10 R=3 S=2 stride=2 padding=1 dilation=2 groups=2 bias=1",
};

/* A form names inputs that the layer has, each at most once, and every differentiable one. */
Test(form, names_every_operand_once)
{
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct vjp_case c = parse_case(lines[l]);
        struct vjp_form form;
        int seen[VJP_MAX_INPUTS] = {0};
        cr_assert(vjp_form_find(&c, &form));
        cr_assert(form.n_terms >= 1 && form.n_terms <= VJP_FORM_TERMS_MAX);
        for (int t = 0; t < form.n_terms; t++) {
            cr_assert(form.term[t].a >= 0 && form.term[t].a < c.spec->n_inputs);
            cr_assert(form.term[t].b < c.spec->n_inputs);
            seen[form.term[t].a]++;
            if (form.term[t].b != VJP_FORM_NONE)
                seen[form.term[t].b]++;
        }
        for (int i = 0; i < c.spec->n_inputs; i++)
            cr_expect_eq(seen[i], c.spec->input[i].differentiable, "%s, input %d", lines[l], i);
        vjp_case_clear(&c);
    }
}

/* The axes of an operand, some of them split, have its elements, and no dimension is forgotten. */
Test(form, axes_have_every_element)
{
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct vjp_case c = parse_case(lines[l]);
        struct vjp_form form;
        bool used[VJP_MAX_DIMS] = {false};
        cr_assert(vjp_form_find(&c, &form));
        for (int i = 0; i <= c.spec->n_inputs; i++) {
            struct vjp_shape shape;
            int64_t want, count = 1;
            vjp_case_slot_shape(&c, i, &shape);
            cr_assert_eq(vjp_shape_count(&shape, &want, NULL), VJP_OK);
            for (int d = 0; d < form.operand[i].n_axes; d++) {
                const struct vjp_form_axis *axis = &form.operand[i].axis[d];
                count *= axis->size;
                used[axis->dim] = true;
                cr_expect(axis->tap != VJP_FORM_NONE || axis->size == form.dim[axis->dim]);
            }
            cr_expect_eq(count, want, "%s, operand %d", lines[l], i);
        }
        for (int d = 0; d < form.n_dims; d++)
            cr_expect(used[d], "%s, dimension %d", lines[l], d);
        vjp_case_clear(&c);
    }
}

/* Every layer that has one is in the list above. */
Test(form, layers_that_have_one)
{
    size_t forms = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        forms += vjp_form_exists(*spec);
    cr_expect_eq(forms, sizeof lines / sizeof *lines);
    cr_expect(vjp_form_exists(vjp_spec_find("conv2d")));
    cr_expect_not(vjp_form_exists(vjp_spec_find("softmax")));
    cr_expect_not(vjp_form_exists(vjp_spec_find("linear | relu")));
}
