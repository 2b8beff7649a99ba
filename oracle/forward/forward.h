/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_FORWARD_H
#define VJP_ORACLE_FORWARD_FORWARD_H

#include "cases/spec/case.h"
#include "oracle/tape/tape.h"

/* What a layer's forward formula reads and writes. Elements are row-major. */
struct vjp_operands {
    const struct vjp_case *c;
    const int64_t *in[VJP_MAX_INPUTS]; /* nodes of the elements of input i of the spec; NULL where
                                             it is absent or an integer operand */
    const int32_t *index[VJP_MAX_INPUTS]; /* the elements of an integer operand; else NULL */
    int64_t *y;                           /* to be written: a node for every element */
    int64_t *saved[VJP_MAX_SAVED];        /* to be written, but for one that is named as the output,
                                             which is filled in from y afterwards */
};

/* A layer's forward formula: records the node of every element of the output. Nothing of a
 * derivative is written here. One file per layer, layers/NAME.c, defines vjp_forward_NAME; the build
 * lists them by itself. */
typedef void vjp_forward_function(struct vjp_tape *tape, const struct vjp_operands *o);

/* The formula of a layer, by the spec's name; NULL if there is none, as for a pipeline. */
vjp_forward_function *vjp_forward_find(const char *layer);

#define VJP_LAYER(name) vjp_forward_function vjp_forward_##name;
#include "generated/forward_layers.inc"
#undef VJP_LAYER

#endif
