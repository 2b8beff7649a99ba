/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/avx2/avx2.h"

/* AVX2 and FMA, chosen when a call asks whether it is supported: the library loads on any CPU. */
static const struct vjp_abi_kernel *const kernels[] = {
    &vjp_avx2_linear,
};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = sizeof kernels / sizeof kernels[0],
    .name = "avx2",
    .version = VJP_VERSION,
    .kernels = kernels,
};
