/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_FORWARD_H
#define VJP_ORACLE_FORWARD_FORWARD_H

#include "cases/spec/case.h"
#include "oracle/tape/tape.h"

/* A layer's forward formula: reads the nodes of its operands, in[i][e] for element e (row-major) of
 * input i of the spec (NULL for an input that is absent), and writes the node of every element of
 * the output to y. Nothing of a derivative is written here. */
typedef void vjp_forward_function(struct vjp_tape *tape, const struct vjp_case *c,
                                  int64_t *const *in, int64_t *y);

/* The formula of a layer, by the spec's name; NULL if there is none. */
vjp_forward_function *vjp_forward_find(const char *layer);

vjp_forward_function vjp_forward_linear;

#endif
