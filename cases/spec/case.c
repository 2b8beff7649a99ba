/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "cases/spec/domain.h"
#include "cases/spec/pipeline.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct vjp_layout no_layout = {.align = -1};

/* The input whose shape the slot has; n_inputs for the cotangent, which has that of y. */
static int shape_index(const struct vjp_spec *spec, int slot)
{
    return vjp_slot_is_gradient(spec, slot) ? vjp_slot_input(spec, slot) : slot;
}

static bool has_input(const struct vjp_case *c, int input)
{
    return !c->spec->has_input || c->spec->has_input(c, input);
}

bool vjp_case_has_slot(const struct vjp_case *c, int slot)
{
    const struct vjp_spec *spec = c->spec;
    if (slot == vjp_slot_cotangent(spec))
        return true;
    if (vjp_slot_is_gradient(spec, slot))
        return vjp_case_has_gradient(c, vjp_slot_input(spec, slot));
    return has_input(c, slot);
}

bool vjp_case_could_ask(const struct vjp_case *c, int input)
{
    return c->spec->input[input].differentiable && has_input(c, input);
}

bool vjp_case_has_gradient(const struct vjp_case *c, int input)
{
    return vjp_case_could_ask(c, input) && !(c->left_out >> input & 1);
}

bool vjp_case_has_values(const struct vjp_case *c, int slot)
{
    return vjp_case_has_slot(c, slot) && (c->accumulate || !vjp_slot_is_gradient(c->spec, slot));
}

void vjp_case_slot_shape(const struct vjp_case *c, int slot, struct vjp_shape *out)
{
    int axis_dim[VJP_RANK_MAX];
    c->spec->shape(c, shape_index(c->spec, slot), out, axis_dim);
}

enum vjp_dtype vjp_case_slot_dtype(const struct vjp_case *c, int slot)
{
    const enum vjp_domain domain = vjp_domain_of(c->spec, slot);
    return domain == VJP_DOMAIN_INDEX || domain == VJP_DOMAIN_MASK ? VJP_I32 : c->dtype;
}

void vjp_case_saved_shape(const struct vjp_case *c, int k, struct vjp_shape *out)
{
    const struct vjp_spec *spec = c->spec;
    int axis_dim[VJP_RANK_MAX];
    const bool is_output = strcmp(spec->saved[k].name, spec->output) == 0;
    spec->shape(c, is_output ? spec->n_inputs : spec->n_inputs + 1 + k, out, axis_dim);
}

enum vjp_dtype vjp_case_saved_dtype(const struct vjp_case *c, int k)
{
    switch (c->spec->saved[k].kind) {
    case VJP_SAVED_INDEX:
        return VJP_I32;
    case VJP_SAVED_WIDE:
        return c->dtype < VJP_F32 ? VJP_F32 : c->dtype;
    case VJP_SAVED_REAL:
        break;
    }
    return c->dtype;
}

bool vjp_case_has_dim(const struct vjp_case *c, int i)
{
    return !c->spec->has_dim || c->spec->has_dim(c, i);
}

double vjp_case_work(const struct vjp_case *c)
{
    if (c->spec->work)
        return c->spec->work(c);
    double product = 1; /* 40^16 is no int64_t */
    for (int i = 0; i < c->spec->n_dims; i++)
        product *= (double)c->dim[i];
    return product;
}

static bool is_flat_layer(const struct vjp_case *c)
{
    bool flat = false;
    for (int d = 0; d < c->spec->n_dims; d++)
        flat |= c->dim[d] > 0 && c->dim[d] < c->spec->least[d];
    return flat;
}

bool vjp_case_is_flat(const struct vjp_case *c)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    bool flat = !p && is_flat_layer(c);
    for (int k = 0; p && k < p->n_stages; k++) {
        struct vjp_case stage;
        vjp_pipeline_stage(c, k, &stage);
        flat |= is_flat_layer(&stage);
    }
    return flat;
}

int64_t vjp_case_attr(const struct vjp_case *c, const char *name)
{
    const int i = vjp_attr_find(c->spec, name);
    assert(i >= 0 && c->spec->attr[i].kind != VJP_ATTR_REAL);
    return c->attr[i];
}

double vjp_case_real(const struct vjp_case *c, const char *name)
{
    const int i = vjp_attr_find(c->spec, name);
    assert(i >= 0 && c->spec->attr[i].kind == VJP_ATTR_REAL);
    return c->real[i];
}

int64_t vjp_case_dim(const struct vjp_case *c, const char *name)
{
    const int i = vjp_dim_find(c->spec, name);
    assert(i >= 0);
    return c->dim[i];
}

enum vjp_status vjp_case_init(struct vjp_case *out, const struct vjp_spec *spec,
                              enum vjp_dtype dtype, struct vjp_error *error)
{
    struct vjp_case c = {.spec = spec, .dtype = dtype, .threads = 1};
    for (int i = 0; i < spec->n_dims; i++)
        c.dim[i] = 1;
    for (int i = 0; i < spec->n_attrs; i++) {
        const bool is_real = spec->attr[i].kind == VJP_ATTR_REAL;
        c.attr[i] = is_real ? 0 : spec->attr[i].fallback;
        c.real[i] = is_real ? spec->attr[i].real_fallback : 0;
    }
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        c.slot[slot].layout = no_layout;
    const enum vjp_status status = vjp_case_settle(&c, error);
    if (status != VJP_OK)
        vjp_case_clear(&c);
    else
        *out = c;
    return status;
}

void vjp_case_clear(struct vjp_case *c)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        free(c->slot[slot].text);
    *c = (struct vjp_case){0};
}

enum vjp_status vjp_case_copy(struct vjp_case *out, const struct vjp_case *from,
                              struct vjp_error *error)
{
    struct vjp_case c = *from;
    bool complete = true;
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        const char *text = from->slot[slot].text;
        c.slot[slot].text = text ? strdup(text) : NULL;
        complete &= !text || c.slot[slot].text;
    }
    if (!complete) {
        vjp_case_clear(&c);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a copy of a case");
    }
    *out = c;
    return VJP_OK;
}

const char *vjp_case_usual(const struct vjp_case *c, int slot)
{
    static const char *const usual[] = {
        [VJP_DOMAIN_REAL] = "normal",   [VJP_DOMAIN_POSITIVE] = "positive",
        [VJP_DOMAIN_ONEHOT] = "labels", [VJP_DOMAIN_INDEX] = "index",
        [VJP_DOMAIN_MASK] = "mask",
    };
    return usual[vjp_domain_wanted(c->spec, slot)];
}

enum vjp_status vjp_case_settle(struct vjp_case *c, struct vjp_error *error)
{
    for (int i = 0; i < c->spec->n_dims; i++) {
        if (!vjp_case_has_dim(c, i))
            c->dim[i] = 1;
    }
    uint32_t gradients = 0;
    for (int i = 0; i < c->spec->n_inputs; i++)
        gradients |= (uint32_t)vjp_case_could_ask(c, i) << i;
    c->left_out &= gradients;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_field *field = &c->slot[slot];
        if (!vjp_case_has_slot(c, slot))
            field->layout = no_layout;
        if (!vjp_case_has_values(c, slot)) {
            free(field->text);
            *field = (struct vjp_field){.layout = field->layout};
        } else if (!field->text) {
            const enum vjp_status status =
                vjp_case_set_values(c, slot, vjp_case_usual(c, slot), error);
            if (status != VJP_OK)
                return status;
        }
    }
    return VJP_OK;
}

static bool is_equal_field(const struct vjp_field *a, const struct vjp_field *b)
{
    if (!a->text != !b->text)
        return false;
    if (a->text && strcmp(a->text, b->text) != 0)
        return false;
    return a->layout.ld_pad == b->layout.ld_pad && a->layout.align == b->layout.align &&
           a->layout.trans == b->layout.trans && a->layout.expand == b->layout.expand;
}

/* Whether a line would write the two alike: -0 is not 0. */
static bool is_equal_real(double a, double b)
{
    return a == b && signbit(a) == signbit(b);
}

/* A field's generator and parameter follow from its text. */
bool vjp_case_is_equal(const struct vjp_case *a, const struct vjp_case *b)
{
    if (a->spec != b->spec || a->dtype != b->dtype || a->accumulate != b->accumulate ||
        a->in_place != b->in_place || a->left_out != b->left_out || a->threads != b->threads ||
        a->seed != b->seed)
        return false;
    for (int i = 0; i < a->spec->n_dims; i++) {
        if (a->dim[i] != b->dim[i])
            return false;
    }
    for (int i = 0; i < a->spec->n_attrs; i++) {
        if (a->attr[i] != b->attr[i] || !is_equal_real(a->real[i], b->real[i]))
            return false;
    }
    for (int slot = 0; slot < vjp_slot_count(a->spec); slot++) {
        if (!is_equal_field(&a->slot[slot], &b->slot[slot]))
            return false;
    }
    return true;
}
