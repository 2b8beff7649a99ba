/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_LINE_PARSE_H
#define VJP_CASES_LINE_PARSE_H

#include "cases/base/status.h"
#include "cases/base/text.h"
#include "cases/spec/case.h"

/* The case line:
 *
 *     LAYER FIELD=VALUE ...
 *
 * separated by blanks, fields in any order, each at most once:
 *     dtype=f32                 required
 *     bias=1 reduction=sum eps=1e-05   attributes of the spec: integers, choices, reals; a real in
 *                               decimal is rounded once to a double, a hexadecimal one is exact
 *     N=7                       every dimension of the spec that takes part, required
 *     x=normal dy=cancel:1e8    values of a slot; default vjp_case_usual
 *     x=[1,0x1p-3,-inf]         a literal list, row-major
 *     x=@file.npy               a NumPy file, relative to the working directory
 *     x.ld=+3 x.align=4 x.trans=1      layout
 *     dy.expand=0,1                    dimensions with stride 0: along them all elements are one
 *     accumulate=1 threads=2 seed=0x1f
 *     inplace=1                        dx has the memory of dy
 *     grads=dx,db               the gradients that are asked for; default all
 *
 * LAYER may be a pipeline (cases/spec/pipeline.h): layers with '|' between them; blanks around it do
 * not matter. What belongs to a stage is named by its position:
 *
 *     linear | relu | linear dtype=f32 1.N=4 1.D=2 1.M=8 3.M=2 3.w=exact 3.w.ld=+2
 *
 * Printing gives every field that is not at its default, and always dtype, dimensions and values,
 * in this order: layer dtype attributes dimensions values layouts accumulate inplace grads threads seed. */

/* On success *out is an initialized, valid case (vjp_case_clear it). The message of a failure
 * begins with "column C: " (1-based) and names what was found and what was expected. */
VJP_MUST_CHECK enum vjp_status vjp_case_parse(const char *line, struct vjp_case *out,
                                              struct vjp_error *error);

/* Adds the canonical line, without a newline. */
void vjp_case_print(const struct vjp_case *c, struct vjp_text *out);

/* Puts the case's line, cut at 300 characters, in front of what is said of the case: "LINE: ...". */
void vjp_case_prefix(const struct vjp_case *c, struct vjp_error *error);

/* Adds attribute i as the line has it: "bias=1", "reduction=mean", "eps=1e-05". A real is the
 * shortest decimal that reads back as the same double. */
void vjp_case_print_attr(const struct vjp_case *c, int i, struct vjp_text *out);

#endif
