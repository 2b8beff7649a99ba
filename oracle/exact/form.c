/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    vjp_form_function *form;
} forms[] = {
#define VJP_LAYER(name) {#name, vjp_form_##name},
#include "generated/exact_layers.inc"
#undef VJP_LAYER
};

static vjp_form_function *find(const struct vjp_spec *spec)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, spec->name) == 0)
            return forms[i].form;
    }
    return NULL;
}

bool vjp_form_exists(const struct vjp_spec *spec)
{
    return find(spec) != NULL;
}

bool vjp_form_find(const struct vjp_case *c, struct vjp_form *out)
{
    vjp_form_function *form = find(c->spec);
    *out = (struct vjp_form){0};
    if (form)
        form(c, out);
    return form != NULL;
}

void vjp_form_add_window(struct vjp_form *form, int operand, const struct vjp_form_axis *axis)
{
    struct vjp_form_operand *o = &form->operand[operand];
    assert(o->n_axes < VJP_RANK_MAX);
    o->axis[o->n_axes++] = *axis;
}

void vjp_form_add_axis(struct vjp_form *form, int operand, int dim)
{
    const struct vjp_form_axis axis = {
        .size = form->dim[dim], .dim = dim, .tap = VJP_FORM_NONE, .step = 1};
    vjp_form_add_window(form, operand, &axis);
}

void vjp_form_add_term(struct vjp_form *form, int a, int b)
{
    assert(form->n_terms < VJP_FORM_TERMS_MAX);
    form->term[form->n_terms++] = (struct vjp_form_term){a, b};
}

void vjp_form_use_dims(struct vjp_form *form, const struct vjp_case *c)
{
    form->n_dims = c->spec->n_dims;
    for (int d = 0; d < form->n_dims; d++)
        form->dim[d] = c->dim[d];
    for (int i = 0; i <= c->spec->n_inputs; i++) {
        struct vjp_shape shape;
        int axis_dim[VJP_RANK_MAX];
        c->spec->shape(c, i, &shape, axis_dim);
        for (int d = 0; d < shape.rank; d++) {
            assert(axis_dim[d] >= 0);
            vjp_form_add_axis(form, i, axis_dim[d]);
        }
    }
}
