/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_FORM_H
#define VJP_ORACLE_EXACT_FORM_H

#include "cases/spec/case.h"

/* A layer, at the sizes of a case, as a sum of products of operands:
 *
 *     y[output's axes] = sum over terms, sum over the dimensions that are not the output's, of
 *                        a[a's axes] b[b's axes]
 *
 * The dimensions are the form's own. Where the case's are enough they are those (vjp_form_use_dims); else
 * one may be split, as channels into groups and what a group has, and places of a window are dimensions too.
 * This is all that the exact contractions know of a layer: gradients follow from it by rule
 * (contraction.h). */
#define VJP_FORM_TERMS_MAX 2
#define VJP_FORM_NONE      (-1) /* no second factor; no tap */

/* An axis of an operand, which are in row-major order without gaps as the operand is. Its index is that of
 * one dimension; or along a window
 *     index = step dim + tap_step tap + first,
 * and where that is not in 0 .. size - 1 there is no term: padding is no operand. */
struct vjp_form_axis {
    int64_t size;
    int dim, tap; /* tap: VJP_FORM_NONE without a window; then step is 1 and first 0 */
    int64_t step, tap_step, first;
};

struct vjp_form {
    int n_dims;
    int64_t dim[VJP_MAX_DIMS];
    struct vjp_form_operand {
        int n_axes;
        struct vjp_form_axis axis[VJP_RANK_MAX];
    } operand[VJP_MAX_INPUTS + 1]; /* the inputs, and the output behind the last */
    int n_terms;
    struct vjp_form_term {
        int a, b; /* inputs; each input stands in one term at most, and once */
    } term[VJP_FORM_TERMS_MAX];
};

/* Sets *out to the layer's form (oracle/exact/layers/NAME.c); false where it has none. */
bool vjp_form_find(const struct vjp_case *c, struct vjp_form *out);

/* Whether it has one. */
bool vjp_form_exists(const struct vjp_spec *spec);

/* By a layer's file: the form at the sizes of the case, into a zeroed *out. */
typedef void vjp_form_function(const struct vjp_case *c, struct vjp_form *out);
#define VJP_LAYER(name) vjp_form_function vjp_form_##name;
#include "generated/exact_layers.inc"
#undef VJP_LAYER

/* For these files: the dimensions and the operands' axes are those of the case, whose spec names a
 * dimension for every axis; one more axis, or window, behind an operand's last; one more term. */
void vjp_form_use_dims(struct vjp_form *form, const struct vjp_case *c);
void vjp_form_add_axis(struct vjp_form *form, int operand, int dim);
void vjp_form_add_window(struct vjp_form *form, int operand, const struct vjp_form_axis *axis);
void vjp_form_add_term(struct vjp_form *form, int a, int b);

#endif
