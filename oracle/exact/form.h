/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_FORM_H
#define VJP_ORACLE_EXACT_FORM_H

#include "cases/spec/spec.h"

/* A layer as a sum of products of operands:
 *
 *     y[output's axes] = sum over terms, sum over the dimensions that are not the output's, of
 *                        a[a's axes] b[b's axes]
 *
 * which axes an operand has is in the layer's spec: linear is {x, w}, {b}. This is all that the exact
 * contractions know of a layer: gradients follow from it by rule (contraction.h). */
#define VJP_FORM_TERMS_MAX 2
#define VJP_FORM_NONE      (-1) /* no second factor */

struct vjp_form {
    int n_terms;
    struct vjp_form_term {
        int a, b; /* inputs; each input stands in one term at most, and once */
    } term[VJP_FORM_TERMS_MAX];
};

/* The form of a layer (oracle/exact/layers/), or NULL where it has none. */
const struct vjp_form *vjp_form_find(const struct vjp_spec *spec);

#endif
