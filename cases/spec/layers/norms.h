/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_NORMS_H
#define VJP_CASES_SPEC_LAYERS_NORMS_H

#include "cases/spec/layers/axes.h"

/* What layers have in common that divide by the root of something + eps. */
#define VJP_EPS_ATTR(usual, text)                                                                  \
    {                                                                                              \
        .name = "eps", .kind = VJP_ATTR_REAL, .real_fallback = (usual), .real_min = 1e-12,         \
        .real_max = 1, .help = (text)                                                              \
    }

#endif
