/* SPDX-License-Identifier: MIT-0 */
#ifndef VJP_PLUGIN_H
#define VJP_PLUGIN_H

/* The contract between vjpcheck and a plug-in: a shared library with backward kernels.
 *
 * C11 and C++17. Needs DLPack's header (Debian: libdlpack-dev) and nothing else. A plug-in exports
 * one symbol, VJP_ABI_SYMBOL: a constant struct vjp_abi_plugin. vjp_plain.h makes that of a plain C
 * function in one line.
 *
 * Where it runs: the library is loaded by a worker process made for it, never by vjpcheck itself.
 * The worker calls supports and run from its main thread, one call at a time. Nothing of the
 * plug-in may outlive its call: when run returns, no thread of it may still read or write a tensor.
 *
 * What it may touch: the tensors of the call as said below, memory of its own, threads of its own. It may read
 * files, and print. The rest of the process is the program's, and is left as it was found: the
 * floating-point environment, signal mask and handlers, timers, working directory, environment variables, locale,
 * umask, limits, open descriptors. It starts no processes, signals nobody else, opens no sockets, and writes no
 * files. While it is loaded a library may set up handlers and the like; processes it may not start then
 * either. vjpcheck refuses such a call to the system, with EPERM, and says so in the verdict.
 *
 * Growth: every struct begins with its own size. Fields are only ever appended, under a higher
 * VJP_ABI_MINOR; whoever reads a struct looks at no field beyond its struct_size. Arrays are arrays
 * of pointers, so that their elements can grow too. Another VJP_ABI_MAJOR is another contract, and
 * refused. Reserved fields are zero.
 *
 * Lifetime: what a descriptor points to stays valid and unchanged while the library is loaded. What
 * a call points to is valid until supports or run returns; a kernel must keep no pointer to it.
 * Strings are NUL-terminated UTF-8. */

#include <stddef.h>
#include <stdint.h>

#include <dlpack/dlpack.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VJP_ABI_MAJOR 1
#define VJP_ABI_MINOR 5

#define VJP_ABI_SYMBOL "vjp_abi_descriptor"

#if defined(__GNUC__)
#define VJP_ABI_EXPORT __attribute__((visibility("default")))
#else
#define VJP_ABI_EXPORT
#endif

/* One named operand of a call: "x", "w", "b" as the layer's spec names them, "dy" the cotangent
 * dL/dy, "dx", "dw", "db" the gradients; "y", "mean", "rstd", "lse" (the log of a sum of exp), "p",
 * "argmax" what the forward pass saved, where the kernel wants it. In a pipeline, names begin with
 * the stage, counted from 1: "1.x", "3.w", "3.dw", but for "dy". Indices and masks are
 * {kDLInt, 32, 1}, "argmax" among them; "lse", "mean" and "rstd" are {kDLFloat, 32, 1} where the operands are narrower;
 * everything else is of one dtype.
 *
 * dl->data + dl->byte_offset is the first element; dl->strides is never NULL and counts elements,
 * so rows may be padded and operands transposed; since 1.4 an input's stride may be 0 along some dimensions, or all: a
 * tensor that was broadcast, whose elements along them are one. A plug-in with a lower abi_minor is not given such.
 * dl->device is the CPU; one lane. Any dimension may
 * be 0; a scalar has ndim 0. Data need not be aligned beyond the element's size unless the kernel
 * asks (alignment). Elements between rows belong to somebody else: they must be neither read nor
 * written.
 *
 * Inputs are read-only: a write ends the process. Outputs do not overlap inputs or each other, but in a call in place
 * (struct vjp_abi_call), where dy and an output are one tensor.
 * Before the call outputs hold garbage, NaN included, except under accumulate. */
struct vjp_abi_tensor {
    uint32_t struct_size; /* sizeof(struct vjp_abi_tensor) */
    uint32_t reserved;
    const char *name;
    const DLTensor *dl;
};

/* An attribute of the layer: "bias", "eps" and so on. Integers are in i and, as a double, in f.
 * Reals are in f alone, and i is 0. A choice ("reduction=mean") is an integer: the index of what was
 * chosen among the layer's choices. */
struct vjp_abi_attr {
    uint32_t struct_size; /* sizeof(struct vjp_abi_attr) */
    uint32_t reserved;
    const char *name;
    int64_t i;
    double f;
};

/* One backward call. Given inputs (the forward operands in the order of the layer's spec, what the
 * forward pass saved, and last dy), compute every tensor in outputs:
 *     output = J^T dy              where accumulate is 0
 *     output = output + J^T dy     where accumulate is 1
 * An output with elements must be written in full, also where a dimension that is summed over is 0:
 * the sum of no terms is 0. */
struct vjp_abi_call {
    uint32_t struct_size; /* sizeof(struct vjp_abi_call) */
    int32_t accumulate;   /* 0 or 1 */
    int32_t threads;      /* how many threads the kernel may use, the caller's among them; >= 1 */
    int32_t n_inputs;
    int32_t n_outputs;
    int32_t n_attrs;
    const struct vjp_abi_tensor *const *inputs;
    const struct vjp_abi_tensor *const *outputs;
    const struct vjp_abi_attr *const *attrs;

    /* Since 1.4. 1: the gradient of the layer's first input ("dx") has the memory of dy, with the same strides, and
     * holds dy before the call. Only for kernels that declare VJP_ABI_IN_PLACE, and never under accumulate. */
    int32_t in_place;
    int32_t reserved;
};

/* The size of a call of versions 1.0 to 1.3. */
#define VJP_ABI_CALL_SIZE_1_0 ((uint32_t)offsetof(struct vjp_abi_call, in_place))

/* How the kernel accumulates for operands of one dtype. The error bound that the kernel is held to
 * follows from it: products and sums each rounded to nearest in the format accumulate, in any
 * order, with or without FMA; then, where the operands are narrower, one rounding to their dtype
 * (under accumulate a second one, of the sum with what was there). */
struct vjp_abi_model {
    uint32_t struct_size;  /* sizeof(struct vjp_abi_model) */
    uint32_t flags;        /* VJP_ABI_FLUSHES, VJP_ABI_NARROW_OPERANDS, both or 0 */
    DLDataType dtype;      /* of every operand that is no index or mask: {kDLFloat,16|32|64,1} or
                              {kDLBfloat,16,1} */
    DLDataType accumulate; /* one of the same four, which has every number of dtype */
};

/* Results below the normal range of the accumulation format may become zero. Operands that are
 * subnormal count in full all the same. */
#define VJP_ABI_FLUSHES UINT32_C(1)

/* Since 1.2. What the kernel has computed in the accumulation format and then multiplies in an inner product
 * is rounded to dtype first, as matrix units take their operands: the probabilities of an attention, what it
 * multiplies by q and k, and q itself where it is scaled before. */
#define VJP_ABI_NARROW_OPERANDS UINT32_C(2)

/* The same call gives the same bits, however often it is repeated. */
#define VJP_ABI_DETERMINISTIC UINT32_C(1)

/* Since 1.3. Takes calls that ask for some gradients only: outputs then has these and no others. A kernel
 * without is only given calls that ask for all. */
#define VJP_ABI_SOME_GRADIENTS UINT32_C(2)

/* Since 1.4. Takes calls in place, as well as all others. */
#define VJP_ABI_IN_PLACE UINT32_C(4)

/* Since 1.5. Does not round as the model says but, within the same bounds, at places that do not move with the numbers:
 * sums in bins of fixed exponents or in fixed point. Without, a kernel that is deterministic, asked for the gradient
 * of 2^k dy, is to give 2^k times that of dy bit for bit where nothing overflows or is
 * subnormal: each of the operations of its model does, in any order, also in one that goes by the terms. Of a plug-in with a lower abi_minor that is not expected. */
#define VJP_ABI_FIXED_POINT UINT32_C(8)

/* Which element of the subdifferential the kernel takes at a kink (relu(0), |0|, the corner of a
 * hinge), and at a tie, where several arguments of a maximum are the largest: one KINK and one TIE
 * at most. Without, every element is right; a kernel that declares one is held to it. */
#define VJP_ABI_KINK_LOWER  UINT32_C(1)  /* the least slope: 0 for relu, -1 for |x| */
#define VJP_ABI_KINK_UPPER  UINT32_C(2)  /* the greatest: 1 */
#define VJP_ABI_KINK_MIDDLE UINT32_C(4)  /* the middle: 1/2 for relu, 0 for |x| */
#define VJP_ABI_TIE_FIRST   UINT32_C(16) /* the first of them, in row-major order, takes all */
#define VJP_ABI_TIE_LAST    UINT32_C(32)
#define VJP_ABI_TIE_SPLIT   UINT32_C(64) /* equal shares */

/* What run returns. Anything else is an error of the kernel, and a failure. */
#define VJP_ABI_DONE        INT32_C(0)
#define VJP_ABI_UNSUPPORTED INT32_C(1) /* nothing was computed; counted, not failed */

struct vjp_abi_kernel {
    uint32_t struct_size; /* sizeof(struct vjp_abi_kernel) */
    uint32_t
        capabilities;    /* VJP_ABI_DETERMINISTIC, VJP_ABI_SOME_GRADIENTS, VJP_ABI_IN_PLACE, or 0 */
    const char *name;    /* letters, digits, '_', '-', '.'; unique in the plug-in */
    const char *layer;   /* the layer's name: "linear"; or a pipeline: "linear | relu" */
    const char *summary; /* one line for people, or NULL */
    int32_t alignment;   /* bytes, a power of two up to 64, that the first element of every tensor
                              must be a multiple of; 0 or 1: the element's size is enough */
    int32_t n_models;
    const struct vjp_abi_model *const *models; /* one per dtype */

    /* 1 if run can do this call on this machine, 0 if not. Everything of the call is set but
     * the data: dl->data is NULL. It must not compute. Where it returns 0 it may set *reason to a
     * static string that completes the sentence "unsupported: ..."; reason is never NULL. */
    int32_t (*supports)(const struct vjp_abi_call *call, const char **reason);

    /* Does the call. Only called where supports said 1. */
    int32_t (*run)(const struct vjp_abi_call *call);

    /* Since 1.1. A kernel with struct_size VJP_ABI_KERNEL_SIZE_1_0 counts as having zeros here. */
    int32_t n_wants; /* how many names wants holds, up to 16 */
    int32_t ulps;    /* its exp, log, tanh, erf and the like are off by at most so many times
                        u |result|, u the unit roundoff of accumulate: 1 to 1000; 0 stands for 4 */
    uint32_t kinks;  /* one VJP_ABI_KINK_ and one VJP_ABI_TIE_ at most */
    uint32_t reserved;
    /* The tensors besides dy that the kernel reads, by name: inputs of the layer and what its
     * forward pass can save. A call has these and no others, and of them those that take part in
     * it; the order is the call's, not that of wants. Saved values are contiguous, and are the exact
     * ones rounded once to their dtype. "argmax" is h W + w of the element that a window takes, the
     * first of equal ones in row-major order: a kernel that adds to that element may declare
     * VJP_ABI_TIE_FIRST, and no other tie. With n_wants 0: every input, nothing saved. */
    const char *const *wants;

    /* Since 1.4. A kernel with struct_size VJP_ABI_KERNEL_SIZE_1_1 or less counts as having zeros here. */
    int32_t n_tiles; /* how many numbers tiles holds, up to 16 */
    uint32_t reserved_1_4;
    /* The sizes of the vectors, tiles and blocks in which the kernel works, from 2 to 65536, in elements, of whatever
     * dimensions: a campaign looks at their multiples, and beside them. */
    const int32_t *tiles;
};

/* The sizes of a kernel descriptor of version 1.0, and of 1.1 to 1.3. */
#define VJP_ABI_KERNEL_SIZE_1_0 ((uint32_t)offsetof(struct vjp_abi_kernel, n_wants))
#define VJP_ABI_KERNEL_SIZE_1_1 ((uint32_t)offsetof(struct vjp_abi_kernel, n_tiles))

/* The exported descriptor. */
struct vjp_abi_plugin {
    uint32_t struct_size; /* sizeof(struct vjp_abi_plugin) */
    int32_t abi_major;    /* VJP_ABI_MAJOR */
    int32_t abi_minor;    /* VJP_ABI_MINOR */
    int32_t n_kernels;
    const char *name;    /* letters, digits, '_', '-', '.' */
    const char *version; /* for people, or NULL */
    const struct vjp_abi_kernel *const *kernels;
};

extern VJP_ABI_EXPORT const struct vjp_abi_plugin vjp_abi_descriptor;

/* Helpers for kernels: what they compute is plain from their text. */

/* The tensor with that name among n, or NULL. */
static inline const DLTensor *vjp_abi_find(const struct vjp_abi_tensor *const *tensors, int32_t n,
                                           const char *name)
{
    for (int32_t i = 0; i < n; i++) {
        const char *a = tensors[i]->name;
        const char *b = name;
        while (*a && *a == *b) {
            a++;
            b++;
        }
        if (*a == *b)
            return tensors[i]->dl;
    }
    return 0;
}

static inline const DLTensor *vjp_abi_input(const struct vjp_abi_call *call, const char *name)
{
    return vjp_abi_find(call->inputs, call->n_inputs, name);
}

static inline const DLTensor *vjp_abi_output(const struct vjp_abi_call *call, const char *name)
{
    return vjp_abi_find(call->outputs, call->n_outputs, name);
}

/* The address of the first element. */
static inline void *vjp_abi_data(const DLTensor *t)
{
    return (char *)t->data + t->byte_offset;
}

/* Row-major without gaps. A dimension of size 1 may have any stride. */
static inline int32_t vjp_abi_is_contiguous(const DLTensor *t)
{
    int64_t expected = 1;
    for (int d = t->ndim - 1; d >= 0; d--) {
        if (t->shape[d] != 1 && t->strides[d] != expected)
            return 0;
        expected *= t->shape[d];
    }
    return 1;
}

/* The last dimension is contiguous; rows may be padded. */
static inline int32_t vjp_abi_has_unit_rows(const DLTensor *t)
{
    return t->ndim == 0 || t->shape[t->ndim - 1] <= 1 || t->strides[t->ndim - 1] == 1;
}

/* 1 where the predicate holds for every tensor of the call. */
static inline int32_t vjp_abi_every(const struct vjp_abi_call *call,
                                    int32_t (*predicate)(const DLTensor *t))
{
    for (int32_t i = 0; i < call->n_inputs; i++)
        if (!predicate(call->inputs[i]->dl))
            return 0;
    for (int32_t i = 0; i < call->n_outputs; i++)
        if (!predicate(call->outputs[i]->dl))
            return 0;
    return 1;
}

static inline int32_t vjp_abi_is_dtype(const DLTensor *t, uint8_t code, uint8_t bits)
{
    return t->dtype.code == code && t->dtype.bits == bits && t->dtype.lanes == 1;
}

#ifdef __cplusplus
}
#endif

#endif
