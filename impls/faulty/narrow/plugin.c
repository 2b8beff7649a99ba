/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

/* Class: 23
 * Verdict: inaccurate
 *
 * The naive kernel of every layer for f64, with every intermediate in float: the sums, the powers, the
 * means. What a kernel that was written for float and instantiated for double computes. */
static const struct vjp_abi_kernel *const kernels[] = {
#define VJP_LAYER(name) &vjp_naive_##name,
#include "generated/narrow_layers.inc"
#undef VJP_LAYER
};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = sizeof kernels / sizeof kernels[0],
    .name = "narrow",
    .kernels = kernels,
};
