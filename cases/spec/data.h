/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_DATA_H
#define VJP_CASES_SPEC_DATA_H

#include "cases/base/tensor.h"
#include "cases/spec/case.h"

/* The values of a case, by slot: inputs and cotangent always, gradients only under accumulate (what
 * the kernel adds to). A slot without values has data NULL. Made by cases/gen, read by the host and
 * the oracle. */
struct vjp_data {
    struct vjp_tensor slot[VJP_MAX_SLOTS];
    /* What kernels may want of the forward pass, by the spec's saved[]: data NULL until the oracle
     * has filled it in (vjp_reference_save). */
    struct vjp_tensor saved[VJP_MAX_SAVED];
};

void vjp_data_clear(struct vjp_data *data);

/* Checks every operand with values against its domain: one pass over those that have another than
 * REAL. VJP_ERR_USAGE names the operand, the index, the value and what was expected:
 * "t[3]=17: expected an index from 0 to 9". */
VJP_MUST_CHECK enum vjp_status vjp_data_check(const struct vjp_case *c, const struct vjp_data *data,
                                              struct vjp_error *error);

#endif
