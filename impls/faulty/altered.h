/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_FAULTY_ALTERED_H
#define VJP_IMPLS_FAULTY_ALTERED_H

/* Most plants are a naive kernel with a line changed. Such a plant is a file NAME.diff, which says what is
 * wrong and the rest as faulty.h has it, and then the line.
 *
 *     Turns on by the angle instead of back: the sign of sin.
 *
 *     Class: 13
 *     Verdict: wrong
 *
 *     --- impls/naive/rope.c
 *     -const real dx1 = dy1 * c + dy2 * s, dx2 = dy2 * c - dy1 * s;
 *     +const real dx1 = dy1 * c - dy2 * s, dx2 = dy2 * c + dy1 * s;
 *
 * What the lines with '-' hold must stand once in the kernel, and what those with '+' hold takes its
 * place, which may use what is included here; several such pairs may follow each other. alter.cmake
 * makes a C file of it, which ends in the macro below: the plug-in NAME with the kernel of that layer.
 * The build fails where a kernel no longer has what a plant changes. */

#include "impls/faulty/rounding.h"
#include "impls/naive/naive.h"

#define FAULTY_ALTERED(plant, kernel_name)                                                         \
    static const struct vjp_abi_kernel *const kernels[] = {&vjp_naive_##kernel_name};              \
    const struct vjp_abi_plugin vjp_abi_descriptor = {                                             \
        .struct_size = sizeof(struct vjp_abi_plugin),                                              \
        .abi_major = VJP_ABI_MAJOR,                                                                \
        .abi_minor = VJP_ABI_MINOR,                                                                \
        .n_kernels = 1,                                                                            \
        .name = #plant,                                                                            \
        .kernels = kernels,                                                                        \
    }

#endif
