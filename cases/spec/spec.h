/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_SPEC_H
#define VJP_CASES_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases/base/shape.h"
#include "cases/base/status.h"

/* What a layer is, without its arithmetic: the names a case line may use, the shapes that follow,
 * the values that make sense and what may be differentiated. One file per layer, layers/NAME.c,
 * defines const struct vjp_spec vjp_spec_NAME; the build lists them by itself. A pipeline of layers
 * is a spec as well (pipeline.h). */

#define VJP_MAX_DIMS   24
#define VJP_MAX_ATTRS  24
#define VJP_MAX_INPUTS 12
#define VJP_MAX_SLOTS  (2 * VJP_MAX_INPUTS + 1)
#define VJP_MAX_SAVED  4

struct vjp_case;

enum vjp_attr_kind {
    VJP_ATTR_INTEGER = 0, /* bias=1 */
    VJP_ATTR_CHOICE,      /* reduction=mean: one of choices; its value is the index there */
    VJP_ATTR_REAL,        /* eps=1e-05: a double */
};

/* An attribute. It is printed only where it differs from its fallback. */
struct vjp_attr_spec {
    const char *name;
    enum vjp_attr_kind kind;
    int64_t fallback;                         /* the value where a line does not say */
    int64_t min, max;                         /* of integers */
    double real_fallback, real_min, real_max; /* of reals; finite, both ends are allowed, */
    bool
        below_max; /* or real_max itself is not, which the spec's check then refuses, with the reason */
    const char *const *choices; /* of choices; ends with NULL */
    const char *help;
};

/* Which values of an operand make sense. What a generator draws for the operand obeys; a list or a
 * file that does not is refused, with the index and the value (vjp_data_check). */
enum vjp_domain {
    VJP_DOMAIN_REAL = 0, /* any number of the case's dtype, NaN and infinities too */
    VJP_DOMAIN_POSITIVE, /* greater than 0; NaN and infinities are refused */
    VJP_DOMAIN_ONEHOT,   /* along the last axis one element is 1 and the others are 0 */
    VJP_DOMAIN_INDEX,    /* i32: 0 .. index_bound - 1, and ignore_index where the spec has such an
                            attribute */
    VJP_DOMAIN_MASK,     /* i32: 0 or 1 */
};

/* An operand that the forward formula reads. */
struct vjp_input_spec {
    const char *name;
    bool differentiable; /* there is a gradient, named "d" + name; never with INDEX or MASK */
    enum vjp_domain domain;
    const char *help;
    /* What the generator cancel aims at: the name of a slot that is multiplied with this one and
     * summed over the dimensions that both have; NULL for none. */
    const char *partner;
    /* The name of the input that the formula multiplies this one with and sums over the dimensions that
     * both have; NULL for none. In a pipeline, where a gradient's other factor is no operand, it is the
     * partner where both are operands: what cancels is an output element of this stage. */
    const char *cofactor;
    /* The formula subtracts a mean, or the largest, of this input's elements from them: data far from 0 beside
     * its deviation is worth drawing. Only a hint to generators. */
    bool centred;
};

/* In what a saved value is kept. WIDE is for what kernels keep in f32: a logarithm that exp is taken of, whose
 * absolute error counts, and the statistics of many numbers, which may lie outside of the dtype's range. */
enum vjp_saved_kind {
    VJP_SAVED_REAL = 0, /* the case's dtype */
    VJP_SAVED_WIDE,     /* f32 where the case's dtype is narrower, else that */
    VJP_SAVED_INDEX,    /* i32, exact */
};

/* What a forward pass may keep for its backward pass: a kernel may want it beside the inputs or in
 * their place. It is given rounded to nearest in its kind's dtype. Named as in the formula: "y" for
 * the output itself, "mean", "rstd", "lse" for a log of a sum of exp. No saved value has the name of an
 * input: a kernel that wants that is given the input. */
struct vjp_saved_spec {
    const char *name;
    enum vjp_saved_kind kind;
    const char *help;
};

struct vjp_spec {
    const char *name; /* as in a case line, and the name of the layer's file in every module */
    const char *formula;
    int n_dims;
    const char *dim[VJP_MAX_DIMS];
    /* By dimension: with 1 up to below this many of it every gradient is 0 whatever the operands, as that
     * of a softmax of one element; 0 for none. Only a hint to generators: such a case tells little. */
    int64_t least[VJP_MAX_DIMS];
    int n_attrs;
    struct vjp_attr_spec attr[VJP_MAX_ATTRS];
    int n_inputs;
    struct vjp_input_spec input[VJP_MAX_INPUTS]; /* the first is what a pipeline feeds */
    const char *output;                          /* the name of what the formula computes: y */
    const char *output_partner;                  /* as partner above, for the cotangent */
    int n_saved;
    struct vjp_saved_spec saved[VJP_MAX_SAVED];

    /* Every element of the output is greater than 0, whatever the operands (finite numbers of their
     * domains). Only a hint to generators, as to what a pipeline's later stages are given; the oracle
     * looks at the numbers. */
    bool positive;

    /* Sums, products with operands, selections: no gradient element needs an operation that rounds
     * beside the products and the sum of its terms. Only a hint to generators: exact data is worth
     * drawing. The oracle finds out for itself. */
    bool sums_products;

    /* Whether input i takes part in this case (b only where bias=1). NULL: all do. */
    bool (*has_input)(const struct vjp_case *c, int i);
    /* Whether dimension i takes part in this case (Q only where rank=4); one that does not is 1 and
     * has no field. NULL: all do. */
    bool (*has_dim)(const struct vjp_case *c, int i);
    /* Sizes and attributes that together make no sense: "expected" in words, with *field naming the
     * field. Called before shape, which may rely on it; every attribute is inside its own limits and
     * every dimension is 0 or more. NULL: everything is possible. */
    enum vjp_status (*check)(const struct vjp_case *c, const char **field, struct vjp_error *error);
    /* The shape of input i, of the output for i = n_inputs, of saved value k for
     * i = n_inputs + 1 + k, from the dimensions and attributes. Writes the dimension's index in
     * dim[], or -1 where it has no name, to axis_dim. */
    void (*shape)(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX]);
    /* The largest number of terms that any gradient element sums, so that generators can keep
     * every partial sum representable. */
    int64_t (*reduction)(const struct vjp_case *c);
    /* About how many scalar operations the formula has: what generators keep small, and what the
     * explicit oracle refuses when it is too large. NULL: the product of the dimensions. */
    double (*work)(const struct vjp_case *c);
    /* For operands with VJP_DOMAIN_INDEX: indices of input i are below this. */
    int64_t (*index_bound)(const struct vjp_case *c, int i);
};

/* Every layer's spec in the order of their names, ending with NULL. */
extern const struct vjp_spec *const vjp_specs[];

/* The spec with that name, or NULL. A name with '|' is a pipeline's (pipeline.h), and is made on
 * demand; NULL too where its layers are not known or do not fit together. */
const struct vjp_spec *vjp_spec_find(const char *name);

/* Slots: the named tensors of one backward call, numbered the same way everywhere:
 *     0 .. n_inputs - 1                 the inputs, in the spec's order   x  w  b
 *     n_inputs                          the cotangent                     dy
 *     n_inputs + 1 .. 2 n_inputs        their gradients                   dx dw db
 * and beyond them, where a kernel is given what the forward pass saved:
 *     2 n_inputs + 1 ..                 saved values                      y  mean */
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
    return slot > spec->n_inputs && slot < vjp_slot_count(spec);
}

static inline int vjp_slot_saved(const struct vjp_spec *spec, int k)
{
    return vjp_slot_count(spec) + k;
}

/* The input whose gradient the slot is. */
static inline int vjp_slot_input(const struct vjp_spec *spec, int slot)
{
    return slot - spec->n_inputs - 1;
}

/* Writes the slot's name ("x", "dy", "dw", "mean"; in a pipeline "1.x", "dy", "1.dw") to name, cut at
 * size, and returns name. */
char *vjp_slot_name(const struct vjp_spec *spec, int slot, char *name, int size);

/* The slot with that name, or -1. */
int vjp_slot_find(const struct vjp_spec *spec, const char *name);

/* The slot that the generator cancel aims at from this one (see partner above), or -1. */
int vjp_slot_partner(const struct vjp_spec *spec, int slot);

/* The saved value with that name, or -1. */
int vjp_saved_find(const struct vjp_spec *spec, const char *name);

/* The index of the attribute or dimension with that name, or -1. */
int vjp_attr_find(const struct vjp_spec *spec, const char *name);
int vjp_dim_find(const struct vjp_spec *spec, const char *name);

#endif
