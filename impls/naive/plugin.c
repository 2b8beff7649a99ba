/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

/* Kernels that read like the formula: slow, for any strides and every dtype. */
static const struct vjp_abi_kernel *const kernels[] = {
#define VJP_LAYER(name) &vjp_naive_##name,
#include "generated/naive_layers.inc"
#undef VJP_LAYER
};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = sizeof kernels / sizeof kernels[0],
    .name = "naive",
    .version = VJP_VERSION,
    .kernels = kernels,
};
