/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_NAIVE_NAIVE_H
#define VJP_IMPLS_NAIVE_NAIVE_H

#include <math.h>

#include "impls/abi/vjp_plugin.h"

/* Kernels that read like the formula, for any strides: one per layer, each in the file of that name,
 * which defines const struct vjp_abi_kernel vjp_naive_NAME. The build lists them by itself.
 *
 * A file of a kernel for f32 and f64 is compiled twice: it includes itself through each_real.inc, once
 * with real = float and once with real = double.
 *
 *     #include "impls/naive/naive.h"
 *     #ifndef REAL
 *     #define VJP_SELF "impls/naive/square.c"
 *     #include "impls/naive/each_real.inc"
 *     VJP_NAIVE_KERNEL(square, .summary = "...");
 *     #else
 *     static void NAME(square)(const struct vjp_abi_call *call) { ... }
 *     #endif
 *
 * In the second part real is the type, NAME(f) the function for it, and M(exp) the function of
 * <math.h> for it: expf or exp. */

/* What a tensor of real holds. The plant impls/faulty/narrow compiles the kernels with real = float for
 * tensors of double: every one of them, with every intermediate too narrow. */
#ifdef VJP_NAIVE_NARROW
#define VJP_HELD_float double
#else
#define VJP_HELD_float float
#endif
#define VJP_HELD_double    double
#define VJP_HELD_int32_t   int32_t
#define VJP_HELD_uint16_t  uint16_t
#define VJP_HELD_IN_(type) VJP_HELD_##type
#define HELD(type)         VJP_HELD_IN_(type)

/* Element i, (i, j), ... of a tensor of rank 1, 2, ..., as an lvalue. type is real or int32_t. */
#define AT1(type, t, i) (((HELD(type) *)vjp_abi_data(t))[(i) * (t)->strides[0]])
#define AT2(type, t, i, j)                                                                         \
    (((HELD(type) *)vjp_abi_data(t))[(i) * (t)->strides[0] + (j) * (t)->strides[1]])
#define AT3(type, t, i, j, k)                                                                      \
    (((HELD(type) *)vjp_abi_data(                                                                  \
        t))[(i) * (t)->strides[0] + (j) * (t)->strides[1] + (k) * (t)->strides[2]])
#define AT4(type, t, i, j, k, l)                                                                   \
    (((HELD(type) *)vjp_abi_data(t))[(i) * (t)->strides[0] + (j) * (t)->strides[1] +               \
                                     (k) * (t)->strides[2] + (l) * (t)->strides[3]])

/* The element count of a tensor, and where element i in row-major order lies: for kernels of any
 * rank. */
static inline int64_t naive_count(const DLTensor *t)
{
    int64_t count = 1;
    for (int d = 0; d < t->ndim; d++)
        count *= t->shape[d];
    return count;
}

static inline int64_t naive_offset(const DLTensor *t, int64_t i)
{
    int64_t offset = 0;
    for (int d = t->ndim - 1; d >= 0; d--) {
        offset += i % t->shape[d] * t->strides[d];
        i /= t->shape[d];
    }
    return offset;
}

#define AT(type, t, i) (((HELD(type) *)vjp_abi_data(t))[naive_offset(t, i)])

/* The attribute with that name; 0 where there is none. */
static inline const struct vjp_abi_attr *naive_attr(const struct vjp_abi_call *call,
                                                    const char *name)
{
    for (int32_t i = 0; i < call->n_attrs; i++) {
        const char *a = call->attrs[i]->name;
        const char *b = name;
        while (*a && *a == *b) {
            a++;
            b++;
        }
        if (*a == *b)
            return call->attrs[i];
    }
    return 0;
}

static inline int64_t naive_int(const struct vjp_abi_call *call, const char *name)
{
    const struct vjp_abi_attr *attr = naive_attr(call, name);
    return attr ? attr->i : 0;
}

static inline double naive_real(const struct vjp_abi_call *call, const char *name)
{
    const struct vjp_abi_attr *attr = naive_attr(call, name);
    return attr ? attr->f : 0;
}

static inline int32_t naive_supports(const struct vjp_abi_call *call, const char **reason)
{
    (void)call;
    (void)reason;
    return 1;
}

/* The kernel descriptor of a layer, with a run function that takes the version for the dtype of dy,
 * and NAME_f32 and NAME_f64 in this file. Further fields may follow: .n_wants, .wants, .kinks. */
#define VJP_NAIVE_KERNEL(layer_name, ...)                                                          \
    VJP_NAIVE_KERNEL_OF(layer_name, #layer_name, 0, __VA_ARGS__)

/* The same for a kernel that reads each element of dy before it writes that of dx, and none of them after it. */
#define VJP_NAIVE_KERNEL_IN_PLACE(layer_name, ...)                                                 \
    VJP_NAIVE_KERNEL_OF(layer_name, #layer_name, VJP_ABI_IN_PLACE, __VA_ARGS__)

/* The same for a kernel with a name of its own: of a pipeline, "linear | relu". more: capabilities besides. */
#define VJP_NAIVE_KERNEL_OF(kernel_name, layer_text, more, ...)                                    \
    VJP_NAIVE_RUN(kernel_name)                                                                     \
    static const struct vjp_abi_model model_f64 = {                                                \
        .struct_size = sizeof(struct vjp_abi_model),                                               \
        .dtype = {kDLFloat, 64, 1},                                                                \
        .accumulate = {kDLFloat, 64, 1},                                                           \
    };                                                                                             \
    static const struct vjp_abi_model model_f32 = {                                                \
        .struct_size = sizeof(struct vjp_abi_model),                                               \
        .dtype = {kDLFloat, 32, 1},                                                                \
        .accumulate = {kDLFloat, 32, 1},                                                           \
    };                                                                                             \
    static const struct vjp_abi_model *const models[] = {&model_f64, &model_f32};                  \
    const struct vjp_abi_kernel vjp_naive_##kernel_name = {                                        \
        .struct_size = sizeof(struct vjp_abi_kernel),                                              \
        .capabilities = VJP_ABI_DETERMINISTIC | (more),                                            \
        .name = #kernel_name,                                                                      \
        .layer = layer_text,                                                                       \
        .n_models = VJP_NAIVE_MODELS,                                                              \
        .models = models,                                                                          \
        .supports = naive_supports,                                                                \
        .run = run,                                                                                \
        __VA_ARGS__}

#ifdef VJP_NAIVE_NARROW
#define VJP_NAIVE_MODELS 1 /* f64 */
#define VJP_NAIVE_RUN(kernel_name)                                                                 \
    static int32_t run(const struct vjp_abi_call *call)                                            \
    {                                                                                              \
        kernel_name##_f32(call);                                                                   \
        return VJP_ABI_DONE;                                                                       \
    }
#else
#define VJP_NAIVE_MODELS 2
#define VJP_NAIVE_RUN(kernel_name)                                                                 \
    static int32_t run(const struct vjp_abi_call *call)                                            \
    {                                                                                              \
        if (call->inputs[call->n_inputs - 1]->dl->dtype.bits == 64)                                \
            kernel_name##_f64(call);                                                               \
        else                                                                                       \
            kernel_name##_f32(call);                                                               \
        return VJP_ABI_DONE;                                                                       \
    }
#endif

#define VJP_LAYER(name) extern const struct vjp_abi_kernel vjp_naive_##name;
#include "generated/naive_layers.inc"
#undef VJP_LAYER

#endif
