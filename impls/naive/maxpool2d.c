/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/maxpool2d.c"

/* The element of an image that a window takes. */
struct pixel {
    int64_t h, w;
};

#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(maxpool2d, .summary = "dy to the first of the largest in its window; any strides",
                 .kinks = VJP_ABI_TIE_FIRST);
#else

/* The first of the largest elements of image (n, c) in the window at (top, left), row by row. A NaN is
 * larger than everything. */
static struct pixel NAME(largest)(const DLTensor *x, int64_t n, int64_t c, int64_t top,
                                  int64_t left, int64_t kernel)
{
    struct pixel best = {-1, -1};
    for (int64_t h = top; h < top + kernel; h++) {
        for (int64_t w = left; w < left + kernel; w++) {
            if (h < 0 || h >= x->shape[2] || w < 0 || w >= x->shape[3])
                continue;
            const real value = AT4(real, x, n, c, h, w);
            if (best.h < 0 || value > AT4(real, x, n, c, best.h, best.w) || isnan(value))
                best = (struct pixel){h, w};
        }
    }
    return best;
}

static void NAME(maxpool2d)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    const int64_t kernel = naive_int(call, "kernel"), stride = naive_int(call, "stride");
    const int64_t padding = naive_int(call, "padding");
    for (int64_t i = 0; !call->accumulate && i < naive_count(dx); i++)
        AT(real, dx, i) = 0;
    for (int64_t n = 0; n < dy->shape[0]; n++) {
        for (int64_t c = 0; c < dy->shape[1]; c++) {
            for (int64_t oh = 0; oh < dy->shape[2]; oh++) {
                for (int64_t ow = 0; ow < dy->shape[3]; ow++) {
                    const struct pixel at = NAME(largest)(x, n, c, oh * stride - padding,
                                                          ow * stride - padding, kernel);
                    const real g = AT4(real, dy, n, c, oh, ow);
                    AT4(real, dx, n, c, at.h, at.w) += g;
                }
            }
        }
    }
}

#endif
