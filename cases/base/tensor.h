/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_TENSOR_H
#define VJP_CASES_BASE_TENSOR_H

#include "cases/base/dtype.h"
#include "cases/base/shape.h"

/* A tensor's values: contiguous, row-major, whatever layout the kernel will see. Owns data. A
 * zeroed struct is empty and may be cleared. */
struct vjp_tensor {
    enum vjp_dtype dtype;
    struct vjp_shape shape;
    int64_t count;
    void *data; /* count elements; never NULL after init, also for count 0 */
};

/* All elements +0. On failure *out is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_tensor_init(struct vjp_tensor *out, enum vjp_dtype dtype,
                                               const struct vjp_shape *shape,
                                               struct vjp_error *error);
void vjp_tensor_clear(struct vjp_tensor *tensor);

/* out becomes a copy of from, with storage of its own. On failure *out is untouched. */
VJP_MUST_CHECK enum vjp_status
vjp_tensor_copy(struct vjp_tensor *out, const struct vjp_tensor *from, struct vjp_error *error);

static inline uint64_t vjp_tensor_get(const struct vjp_tensor *tensor, int64_t i)
{
    return vjp_bits_load(tensor->dtype, tensor->data, i);
}

static inline void vjp_tensor_set(struct vjp_tensor *tensor, int64_t i, uint64_t bits)
{
    vjp_bits_store(tensor->dtype, tensor->data, i, bits);
}

#endif
