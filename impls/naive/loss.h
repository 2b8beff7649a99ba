/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_NAIVE_LOSS_H
#define VJP_IMPLS_NAIVE_LOSS_H

#include "impls/naive/naive.h"

/* What the sum of a loss is divided by: count with reduction=mean, the first of the choices, and 1
 * with reduction=sum. The mean of nothing has no gradient that were divided. */
static inline int64_t naive_divisor(const struct vjp_abi_call *call, int64_t count)
{
    return naive_int(call, "reduction") == 0 && count > 0 ? count : 1;
}

#endif
