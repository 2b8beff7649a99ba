/* SPDX-License-Identifier: MIT-0 */
#ifndef VJP_PLAIN_H
#define VJP_PLAIN_H

/* One line that makes a plug-in of a plain C function, the backward of the linear layer y = x w:
 *
 *     void f(float *dx, float *dw, const float *x, const float *w, const float *dy,
 *            int64_t N, int64_t D, int64_t M);
 *     VJP_PLAIN_LINEAR_F32(f);
 *
 * The function computes dx = dy w^T and dw = x^T dy; x, dx: N x D, w, dw: D x M, dy: N x M. Tensors
 * are contiguous, row-major. It overwrites dx and dw, which may hold NaN before; any of N, D, M may
 * be 0. With the line it declares that it accumulates in the dtype of its operands and that the same
 * call gives the same bits. VJP_PLAIN_LINEAR_F64 is the same for double.
 *
 * One such line per library: plug-in and kernel are both named after the function. */

#include "vjp_linear.h"

static inline int32_t vjp_plain_linear_supports(const struct vjp_abi_call *call,
                                                const char **reason)
{
    if (vjp_abi_output(call, "db") || vjp_abi_input(call, "b"))
        *reason = "has no bias";
    else if (!vjp_abi_output(call, "dx") || !vjp_abi_output(call, "dw"))
        *reason = "computes dx and dw together, not one of them";
    else if (call->accumulate)
        *reason = "overwrites its outputs, does not add to them";
    else if (!vjp_abi_every(call, vjp_abi_is_contiguous))
        *reason = "takes contiguous tensors only";
    else
        return 1;
    return 0;
}

#define VJP_PLAIN_LINEAR_F32(f) VJP_PLAIN_LINEAR(f, float, 32)
#define VJP_PLAIN_LINEAR_F64(f) VJP_PLAIN_LINEAR(f, double, 64)

/* Positional initialisers: C++17 has no others. The last line wants the user's semicolon. */
#define VJP_PLAIN_LINEAR(f, real, bits)                                                            \
    static int32_t vjp_plain_run_##f(const struct vjp_abi_call *call)                              \
    {                                                                                              \
        const struct vjp_linear c = vjp_linear_of(call);                                           \
        f((real *)vjp_abi_data(c.dx), (real *)vjp_abi_data(c.dw), (const real *)vjp_abi_data(c.x), \
          (const real *)vjp_abi_data(c.w), (const real *)vjp_abi_data(c.dy), c.N, c.D, c.M);       \
        return VJP_ABI_DONE;                                                                       \
    }                                                                                              \
    static const struct vjp_abi_model vjp_plain_model_##f = {                                      \
        sizeof(struct vjp_abi_model), 0, {kDLFloat, bits, 1}, {kDLFloat, bits, 1}};                \
    static const struct vjp_abi_model *const vjp_plain_models_##f[] = {&vjp_plain_model_##f};      \
    static const struct vjp_abi_kernel vjp_plain_kernel_##f = {sizeof(struct vjp_abi_kernel),      \
                                                               VJP_ABI_DETERMINISTIC,              \
                                                               #f,                                 \
                                                               "linear",                           \
                                                               "a plain C function",               \
                                                               0,                                  \
                                                               1,                                  \
                                                               vjp_plain_models_##f,               \
                                                               vjp_plain_linear_supports,          \
                                                               vjp_plain_run_##f,                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0,                                  \
                                                               0};                                 \
    static const struct vjp_abi_kernel *const vjp_plain_kernels_##f[] = {&vjp_plain_kernel_##f};   \
    const struct vjp_abi_plugin vjp_abi_descriptor = {                                             \
        sizeof(struct vjp_abi_plugin), VJP_ABI_MAJOR, VJP_ABI_MINOR, 1, #f, 0,                     \
        vjp_plain_kernels_##f}

#endif
