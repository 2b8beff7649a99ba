/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_CASE_H
#define VJP_CASES_SPEC_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"
#include "cases/base/shape.h"
#include "cases/base/status.h"
#include "cases/spec/generators.h"
#include "cases/spec/spec.h"

#define VJP_THREADS_MAX 64

/* How a tensor lies in memory. Zeroed but for align = -1 it is contiguous, wherever it comes. */
struct vjp_layout {
    int64_t ld_pad; /* elements between the end of a row and the next; rank 2 and more */
    int64_t align;  /* bytes from a 64-byte boundary to the first element, 0..63; -1: not fixed */
    bool trans;     /* rank 2: stored with the first dimension contiguous */
    uint32_t
        expand; /* of what is read. Bit d: along dimension d all elements are one, with stride 0, as those of a
                        tensor that was broadcast */
};

/* Where a tensor's values come from, and how it lies. text is what the case line says, kept as it
 * was written, so that a printed line is the line that was read. Owns text. */
struct vjp_field {
    char *text; /* "normal", "cancel:1e8", "[1,2]", "@x.npy"; NULL: not in this case */
    enum vjp_generator generator;
    double parameter; /* the generator's fallback where the text gives none */
    struct vjp_layout layout;
};

/* Everything that determines one run: dtype, sizes, layout, values, seed, attributes. Gradient
 * slots have values only under accumulate: what the kernel adds to. */
struct vjp_case {
    const struct vjp_spec *spec;
    enum vjp_dtype dtype;
    int64_t dim[VJP_MAX_DIMS];   /* by the spec's dim[] */
    int64_t attr[VJP_MAX_ATTRS]; /* by the spec's attr[]: integers and choices */
    double real[VJP_MAX_ATTRS];  /* by the spec's attr[]: reals */
    struct vjp_field slot[VJP_MAX_SLOTS];
    bool accumulate;
    bool in_place;     /* the gradient of the first input has the memory of dy, in its own layout */
    uint32_t left_out; /* bit i: the gradient of input i is not asked for */
    int threads;
    uint64_t seed;
};

/* A case of the spec with every dimension 1, attributes at their fallbacks, one thread, seed 0,
 * every present slot "normal". */
VJP_MUST_CHECK enum vjp_status vjp_case_init(struct vjp_case *out, const struct vjp_spec *spec,
                                             enum vjp_dtype dtype, struct vjp_error *error);
void vjp_case_clear(struct vjp_case *c);
VJP_MUST_CHECK enum vjp_status vjp_case_copy(struct vjp_case *out, const struct vjp_case *from,
                                             struct vjp_error *error);

/* The generator of a slot where a line names none: "normal", and where the domain is POSITIVE
 * "positive", ONEHOT "labels", INDEX "index", MASK "mask". */
const char *vjp_case_usual(const struct vjp_case *c, int slot);

/* Whether the sizes make every gradient 0 (the spec's least), in a pipeline those of any stage. */
bool vjp_case_is_flat(const struct vjp_case *c);

/* Brings the slots in line with the attributes, accumulate and left_out: gives the usual generator to a slot
 * that has values and no text, takes the text of one that has none, and the layout of one that is
 * absent; sets a dimension that takes no part to 1; clears the bits in left_out of gradients that are none. */
VJP_MUST_CHECK enum vjp_status vjp_case_settle(struct vjp_case *c, struct vjp_error *error);

/* Sets the generator of a slot from its text: a name with an optional parameter, a literal list, or
 * @file, without blanks. Only the form is checked here, and that the case's dtype holds the numbers
 * of a list; vjp_case_validate counts its elements. */
VJP_MUST_CHECK enum vjp_status vjp_case_set_values(struct vjp_case *c, int slot, const char *text,
                                                   struct vjp_error *error);

/* Checks dimensions, attributes, layouts, list lengths and storage against the spec and the limits
 * of shape.h. The message names the field. */
VJP_MUST_CHECK enum vjp_status vjp_case_validate(const struct vjp_case *c, struct vjp_error *error);

/* Room for a slot's name ("3.dw"), and for a field's ("3.dw.trans"). */
#define VJP_SLOT_NAME_MAX  32
#define VJP_FIELD_NAME_MAX (VJP_SLOT_NAME_MAX + 8)

/* The same; on failure the field's name as a line writes it ("N", "x", "x.ld") is in field. */
VJP_MUST_CHECK enum vjp_status vjp_case_validate_field(const struct vjp_case *c,
                                                       char field[VJP_FIELD_NAME_MAX],
                                                       struct vjp_error *error);

/* Whether the slot takes part in this case at all (the bias only with bias=1; a gradient only where it is
 * asked for). */
bool vjp_case_has_slot(const struct vjp_case *c, int slot);

/* Whether there is a gradient of the input: it takes part and is differentiable. */
bool vjp_case_could_ask(const struct vjp_case *c, int input);
/* And whether it is asked for. */
bool vjp_case_has_gradient(const struct vjp_case *c, int input);

/* Whether the slot has values: an input or the cotangent that takes part, or, under accumulate, a
 * gradient. */
bool vjp_case_has_values(const struct vjp_case *c, int slot);

/* Shape of a slot: of the operand itself, of y for the cotangent, of the input for a gradient. */
void vjp_case_slot_shape(const struct vjp_case *c, int slot, struct vjp_shape *out);

/* What the elements of a slot are stored in: VJP_I32 for indices and masks, else the case's dtype. */
enum vjp_dtype vjp_case_slot_dtype(const struct vjp_case *c, int slot);

/* Shape of saved value k, which is "y" or an intermediate of the formula. */
void vjp_case_saved_shape(const struct vjp_case *c, int k, struct vjp_shape *out);

/* What the elements of saved value k are stored in, by its kind. */
enum vjp_dtype vjp_case_saved_dtype(const struct vjp_case *c, int k);

/* Whether dimension i has a field in this case; one that has none is 1. */
bool vjp_case_has_dim(const struct vjp_case *c, int i);

/* About how many scalar operations the formula of the case has. */
double vjp_case_work(const struct vjp_case *c);

/* The attribute's or dimension's value by name; the name must be one of the spec's, and for
 * vjp_case_real a real attribute's. */
int64_t vjp_case_attr(const struct vjp_case *c, const char *name);
double vjp_case_real(const struct vjp_case *c, const char *name);
int64_t vjp_case_dim(const struct vjp_case *c, const char *name);

/* Strides in elements of the slot in the kernel's memory, one per dimension, and the number of
 * elements from the first to one past the last that the layout touches (0 for an empty tensor). */
VJP_MUST_CHECK enum vjp_status vjp_case_slot_strides(const struct vjp_case *c, int slot,
                                                     int64_t strides[VJP_RANK_MAX], int64_t *extent,
                                                     struct vjp_error *error);

bool vjp_case_is_equal(const struct vjp_case *a, const struct vjp_case *b);

#endif
