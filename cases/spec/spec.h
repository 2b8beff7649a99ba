/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_SPEC_H
#define VJP_CASES_SPEC_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/shape.h"
#include "cases/base/status.h"

/* What a layer is, without its arithmetic: the names a case line may use, the shapes that follow
 * and what may be differentiated. One file per layer defines one static struct vjp_spec and
 * registry.c lists it. */

#define VJP_MAX_DIMS   16
#define VJP_MAX_ATTRS  16
#define VJP_MAX_INPUTS 8
#define VJP_MAX_SLOTS  (2 * VJP_MAX_INPUTS + 1)

struct vjp_case;

/* An integer attribute, as bias in "linear bias=1". It is printed only where it differs from its
 * fallback. */
struct vjp_attr_spec {
    const char *name;
    int64_t fallback; /* the value where a line does not say */
    int64_t min, max;
    const char *help;
};

/* An operand that the forward formula reads. */
struct vjp_input_spec {
    const char *name;
    bool differentiable; /* there is a gradient, named "d" + name */
    const char *help;
    /* What the generator cancel aims at: the name of a slot that is multiplied with this one and
     * summed over the dimensions that both have; NULL for none. */
    const char *partner;
};

struct vjp_spec {
    const char *name; /* as in a case line, and the name of the layer's file in every module */
    const char *formula;
    int n_dims;
    const char *dim[VJP_MAX_DIMS];
    int n_attrs;
    struct vjp_attr_spec attr[VJP_MAX_ATTRS];
    int n_inputs;
    struct vjp_input_spec input[VJP_MAX_INPUTS];
    const char *output;         /* the name of what the formula computes: y */
    const char *output_partner; /* as partner above, for the cotangent */

    /* Whether input i takes part in this case (b only where bias=1). */
    bool (*has_input)(const struct vjp_case *c, int i);
    /* The shape of input i, or of the output for i = n_inputs, from the dimensions and attributes.
     * Writes the dimension's index in dim[], or -1 where it has no name, to axis_dim. */
    void (*shape)(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX]);
    /* The largest number of terms that any gradient element sums, so that generators can keep
     * every partial sum representable. */
    int64_t (*reduction)(const struct vjp_case *c);
};

/* Every spec, ending with NULL. */
extern const struct vjp_spec *const vjp_specs[];

/* The spec with that name, or NULL. */
const struct vjp_spec *vjp_spec_find(const char *name);

/* Slots: the named tensors of one backward call, numbered the same way everywhere:
 *     0 .. n_inputs - 1                 the inputs, in the spec's order   x  w  b
 *     n_inputs                          the cotangent                     dy
 *     n_inputs + 1 .. 2 n_inputs        their gradients                   dx dw db */
static inline int vjp_slot_count(const struct vjp_spec *spec)
{
    return 2 * spec->n_inputs + 1;
}

static inline int vjp_slot_cotangent(const struct vjp_spec *spec)
{
    return spec->n_inputs;
}

static inline int vjp_slot_gradient(const struct vjp_spec *spec, int input)
{
    return spec->n_inputs + 1 + input;
}

static inline bool vjp_slot_is_gradient(const struct vjp_spec *spec, int slot)
{
    return slot > spec->n_inputs;
}

/* Writes the slot's name ("x", "dy", "dw") to name, cut at size, and returns name. */
char *vjp_slot_name(const struct vjp_spec *spec, int slot, char *name, int size);

/* The slot with that name, or -1. */
int vjp_slot_find(const struct vjp_spec *spec, const char *name);

/* The slot that the generator cancel aims at from this one (see partner above), or -1. */
int vjp_slot_partner(const struct vjp_spec *spec, int slot);

#endif
