/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/tensor.h"

#include "cases/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_tensor_init(struct vjp_tensor *out, enum vjp_dtype dtype,
                                const struct vjp_shape *shape, struct vjp_error *error)
{
    int64_t count;
    enum vjp_status status = vjp_shape_count(shape, &count, error);
    if (status != VJP_OK)
        return status;
    const int bytes = vjp_format(dtype)->bytes;
    if (count > VJP_STORAGE_MAX / bytes)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "%" PRId64 " elements of %s exceed the limit of %" PRId64 " bytes", count,
                        vjp_format(dtype)->name, VJP_STORAGE_MAX);
    void *data = vjp_zeros(count, bytes);
    if (!data)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for %" PRId64 " elements of %s", count,
                        vjp_format(dtype)->name);
    *out = (struct vjp_tensor){.dtype = dtype, .shape = *shape, .count = count, .data = data};
    return VJP_OK;
}

enum vjp_status vjp_tensor_copy(struct vjp_tensor *out, const struct vjp_tensor *from,
                                struct vjp_error *error)
{
    const enum vjp_status status = vjp_tensor_init(out, from->dtype, &from->shape, error);
    if (status == VJP_OK)
        memcpy(out->data, from->data, (size_t)from->count * (size_t)vjp_format(from->dtype)->bytes);
    return status;
}

void vjp_tensor_clear(struct vjp_tensor *tensor)
{
    if (!tensor->data)
        return;
    free(tensor->data);
    *tensor = (struct vjp_tensor){0};
}
