/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/rope.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"cos", "sin"};
VJP_NAIVE_KERNEL(rope, .summary = "turns back; any strides", .n_wants = 2, .wants = wants);
#else

/* The turn by the opposite angle: dx1 = dy1 cos + dy2 sin, dx2 = dy2 cos - dy1 sin. */
static void NAME(rope)(const struct vjp_abi_call *call)
{
    const DLTensor *cosine = vjp_abi_input(call, "cos"), *sine = vjp_abi_input(call, "sin");
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const int64_t interleaved = naive_int(call, "layout"), half = dy->shape[2] / 2;
    for (int64_t n = 0; n < dy->shape[0]; n++) {
        for (int64_t h = 0; h < dy->shape[1]; h++) {
            for (int64_t i = 0; i < half; i++) {
                const int64_t first = interleaved ? 2 * i : i;
                const int64_t second = interleaved ? 2 * i + 1 : i + half;
                const real c = AT2(real, cosine, n, i), s = AT2(real, sine, n, i);
                const real dy1 = AT3(real, dy, n, h, first), dy2 = AT3(real, dy, n, h, second);
                const real dx1 = dy1 * c + dy2 * s, dx2 = dy2 * c - dy1 * s;
                HELD(real) *out1 = &AT3(real, dx, n, h, first),
                           *out2 = &AT3(real, dx, n, h, second);
                *out1 = call->accumulate ? *out1 + dx1 : dx1;
                *out2 = call->accumulate ? *out2 + dx2 : dx2;
            }
        }
    }
}

#endif
