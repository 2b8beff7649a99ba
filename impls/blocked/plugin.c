/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/blocked/blocked.h"

/* Portable C, blocked for the caches, OpenMP threads. */
static const struct vjp_abi_kernel *const kernels[] = {
    &vjp_blocked_linear,
};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = sizeof kernels / sizeof kernels[0],
    .name = "blocked",
    .version = VJP_VERSION,
    .kernels = kernels,
};
