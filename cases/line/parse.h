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
 *     N=7                       every dimension of the spec, required
 *     bias=1                    an attribute of the spec
 *     x=normal dy=cancel:1e8    values of a slot; default normal
 *     x=[1,0x1p-3,-inf]         a literal list, row-major
 *     x=@file.npy               a NumPy file, relative to the working directory
 *     x.ld=+3 x.align=4 x.trans=1      layout
 *     accumulate=1 threads=2 seed=0x1f
 *
 * Printing gives every field that is not at its default, and always dtype, dimensions and values,
 * in this order: layer dtype attributes dimensions values layouts accumulate threads seed. */

/* On success *out is an initialized, valid case (vjp_case_clear it). The message of a failure
 * begins with "column C: " (1-based) and names what was found and what was expected. */
VJP_MUST_CHECK enum vjp_status vjp_case_parse(const char *line, struct vjp_case *out,
                                              struct vjp_error *error);

/* Adds the canonical line, without a newline. */
void vjp_case_print(const struct vjp_case *c, struct vjp_text *out);

#endif
