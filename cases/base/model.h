/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_MODEL_H
#define VJP_CASES_BASE_MODEL_H

#include <stdbool.h>

#include "cases/base/dtype.h"

/* How a kernel says that it computes: what the error bound is derived from. Products and sums are
 * each rounded to nearest in the format accumulate, in any order, with or without FMA, and the
 * result is rounded once more to the dtype where that is narrower. */
struct vjp_model {
    enum vjp_dtype accumulate;
    bool flushes; /* results below the normal range may become zero */
};

#endif
