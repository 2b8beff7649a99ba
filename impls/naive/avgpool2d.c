/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/avgpool2d.c"

/* The part of a window along one axis that lies in the image: from .. to - 1. */
struct part {
    int64_t from, to;
};

static struct part part_of(int64_t first, int64_t kernel, int64_t size)
{
    return (struct part){first < 0 ? 0 : first, first + kernel < size ? first + kernel : size};
}

#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(avgpool2d, .summary = "dy / count to every element of its window; any strides");
#else

static void NAME(avgpool2d)(const struct vjp_abi_call *call)
{
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const int64_t kernel = naive_int(call, "kernel"), stride = naive_int(call, "stride");
    const int64_t padding = naive_int(call, "padding");
    const int64_t *size = dx->shape, whole = naive_int(call, "count_include_pad");
    for (int64_t i = 0; !call->accumulate && i < naive_count(dx); i++)
        AT(real, dx, i) = 0;
    for (int64_t i = 0; i < naive_count(dy); i++) {
        const int64_t ow = i % dy->shape[3], oh = i / dy->shape[3] % dy->shape[2];
        const int64_t nc = i / dy->shape[3] / dy->shape[2];
        const int64_t n = nc / dy->shape[1], c = nc % dy->shape[1];
        const struct part rows = part_of(oh * stride - padding, kernel, size[2]);
        const struct part columns = part_of(ow * stride - padding, kernel, size[3]);
        const int64_t count =
            whole ? kernel * kernel : (rows.to - rows.from) * (columns.to - columns.from);
        const real share = AT4(real, dy, n, c, oh, ow) / (real)count;
        for (int64_t h = rows.from; h < rows.to; h++) {
            for (int64_t w = columns.from; w < columns.to; w++)
                AT4(real, dx, n, c, h, w) += share;
        }
    }
}

#endif
