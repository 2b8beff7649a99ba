/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_AVX2_AVX2_H
#define VJP_IMPLS_AVX2_AVX2_H

#include "impls/abi/vjp_plugin.h"

/* One kernel per layer, each in the file of that name. */
extern const struct vjp_abi_kernel vjp_avx2_linear;

#endif
