/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_DATA_H
#define VJP_CASES_SPEC_DATA_H

#include "cases/base/tensor.h"
#include "cases/spec/spec.h"

/* The values of a case, by slot: inputs and cotangent always, gradients only under accumulate (what
 * the kernel adds to). A slot without values has data NULL. Made by cases/gen, read by the host and
 * the oracle. */
struct vjp_data {
    struct vjp_tensor slot[VJP_MAX_SLOTS];
};

void vjp_data_clear(struct vjp_data *data);

#endif
