/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/shape.h"

#include "cases/base/checked.h"

#include <inttypes.h>
#include <stdio.h>

enum vjp_status vjp_shape_count(const struct vjp_shape *shape, int64_t *out,
                                struct vjp_error *error)
{
    bool empty = false;
    for (int d = 0; d < shape->rank; d++) {
        if (shape->dim[d] < 0)
            return vjp_fail(error, VJP_ERR_USAGE, "dimension %d is %" PRId64 "; expected 0 or more",
                            d, shape->dim[d]);
        empty |= shape->dim[d] == 0;
    }
    int64_t count = empty ? 0 : 1;
    for (int d = 0; d < shape->rank; d++) {
        if (!vjp_checked_mul(count, shape->dim[d], &count))
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "the number of elements overflows 63 bits at dimension %d", d);
    }
    *out = count;
    return VJP_OK;
}

bool vjp_shape_is_equal(const struct vjp_shape *a, const struct vjp_shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int d = 0; d < a->rank; d++) {
        if (a->dim[d] != b->dim[d])
            return false;
    }
    return true;
}

enum vjp_status vjp_shape_concat(const struct vjp_shape *a, const struct vjp_shape *b,
                                 struct vjp_shape *out, struct vjp_error *error)
{
    if (a->rank + b->rank > VJP_RANK_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT, "rank %d + %d exceeds the limit of %d", a->rank,
                        b->rank, VJP_RANK_MAX);
    struct vjp_shape joined = {.rank = a->rank + b->rank};
    for (int d = 0; d < a->rank; d++)
        joined.dim[d] = a->dim[d];
    for (int d = 0; d < b->rank; d++)
        joined.dim[a->rank + d] = b->dim[d];
    *out = joined;
    return VJP_OK;
}

/* Appends to text of size bytes at *used; what does not fit is cut. */
static void append(char *text, int size, int *used, const char *separator, int64_t value)
{
    if (*used >= size)
        return;
    const int wrote =
        snprintf(text + *used, (size_t)(size - *used), "%s%" PRId64, separator, value);
    *used += wrote;
}

char *vjp_shape_text(const struct vjp_shape *shape, char *text, int size)
{
    int used = 0;
    if (shape->rank == 0)
        snprintf(text, (size_t)size, "scalar");
    for (int d = 0; d < shape->rank; d++)
        append(text, size, &used, d ? "x" : "", shape->dim[d]);
    return text;
}

char *vjp_shape_index_text(const struct vjp_shape *shape, int64_t i, char *text, int size)
{
    int64_t index[VJP_RANK_MAX];
    for (int d = shape->rank - 1; d >= 0; d--) {
        index[d] = i % shape->dim[d];
        i /= shape->dim[d];
    }
    int used = 0;
    if (shape->rank == 0)
        used = snprintf(text, (size_t)size, "[");
    for (int d = 0; d < shape->rank; d++)
        append(text, size, &used, d ? "," : "[", index[d]);
    if (used < size)
        snprintf(text + used, (size_t)(size - used), "]");
    return text;
}
