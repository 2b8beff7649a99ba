/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/conv2d.c"

/* x: N x C x H x W, w: K x C/groups x R x S, dy: N x K x OH x OW. */
struct conv2d {
    const DLTensor *x, *w, *dy;
    int64_t stride, padding, dilation, groups;
};

static struct conv2d conv2d_of(const struct vjp_abi_call *call)
{
    return (struct conv2d){
        .x = vjp_abi_input(call, "x"),
        .w = vjp_abi_input(call, "w"),
        .dy = vjp_abi_input(call, "dy"),
        .stride = naive_int(call, "stride"),
        .padding = naive_int(call, "padding"),
        .dilation = naive_int(call, "dilation"),
        .groups = naive_int(call, "groups"),
    };
}

/* Where the output is, out of count, whose filter element tap lies on element i; -1 where none. */
static int64_t place_of(const struct conv2d *c, int64_t i, int64_t tap, int64_t count)
{
    const int64_t from = i + c->padding - tap * c->dilation;
    if (from < 0 || from % c->stride != 0 || from / c->stride >= count)
        return -1;
    return from / c->stride;
}

#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(conv2d, .summary = "dx, dw, db by loops over the filter; any strides");
#else

/* dx[n,c,h,w] = sum over k of the group, r, s of dy[n,k,oh,ow] w[k,c,r,s] */
static void NAME(conv2d_dx)(const struct conv2d *c, const DLTensor *dx, int32_t accumulate)
{
    const int64_t *w_dim = c->w->shape, *dy_dim = c->dy->shape;
    const int64_t group_k = w_dim[0] / c->groups;
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const int64_t w = i % dx->shape[3], h = i / dx->shape[3] % dx->shape[2];
        const int64_t nc = i / dx->shape[3] / dx->shape[2];
        const int64_t n = nc / dx->shape[1], ch = nc % dx->shape[1];
        const int64_t first = ch / w_dim[1] * group_k;
        real sum = 0;
        for (int64_t k = first; k < first + group_k; k++) {
            for (int64_t r = 0; r < w_dim[2]; r++) {
                for (int64_t s = 0; s < w_dim[3]; s++) {
                    const int64_t oh = place_of(c, h, r, dy_dim[2]);
                    const int64_t ow = place_of(c, w, s, dy_dim[3]);
                    if (oh >= 0 && ow >= 0)
                        sum += AT4(real, c->dy, n, k, oh, ow) *
                               AT4(real, c->w, k, ch % w_dim[1], r, s);
                }
            }
        }
        AT4(real, dx, n, ch, h, w) = accumulate ? AT4(real, dx, n, ch, h, w) + sum : sum;
    }
}

/* dw[k,c,r,s] = sum over n, oh, ow of dy[n,k,oh,ow] x[n,c of the group,h,w] */
static void NAME(conv2d_dw)(const struct conv2d *c, const DLTensor *dw, int32_t accumulate)
{
    const int64_t *dy_dim = c->dy->shape;
    for (int64_t i = 0; i < naive_count(dw); i++) {
        const int64_t s = i % dw->shape[3], r = i / dw->shape[3] % dw->shape[2];
        const int64_t kc = i / dw->shape[3] / dw->shape[2];
        const int64_t k = kc / dw->shape[1], ch = kc % dw->shape[1];
        const int64_t group = k / (dw->shape[0] / c->groups);
        real sum = 0;
        for (int64_t n = 0; n < dy_dim[0]; n++) {
            for (int64_t oh = 0; oh < dy_dim[2]; oh++) {
                for (int64_t ow = 0; ow < dy_dim[3]; ow++) {
                    const int64_t h = oh * c->stride + r * c->dilation - c->padding;
                    const int64_t w = ow * c->stride + s * c->dilation - c->padding;
                    if (h >= 0 && h < c->x->shape[2] && w >= 0 && w < c->x->shape[3])
                        sum += AT4(real, c->dy, n, k, oh, ow) *
                               AT4(real, c->x, n, group * dw->shape[1] + ch, h, w);
                }
            }
        }
        AT4(real, dw, k, ch, r, s) = accumulate ? AT4(real, dw, k, ch, r, s) + sum : sum;
    }
}

/* db[k] = sum over n, oh, ow of dy[n,k,oh,ow] */
static void NAME(conv2d_db)(const DLTensor *dy, const DLTensor *db, int32_t accumulate)
{
    for (int64_t k = 0; k < db->shape[0]; k++) {
        real sum = 0;
        for (int64_t n = 0; n < dy->shape[0]; n++) {
            for (int64_t oh = 0; oh < dy->shape[2]; oh++) {
                for (int64_t ow = 0; ow < dy->shape[3]; ow++)
                    sum += AT4(real, dy, n, k, oh, ow);
            }
        }
        AT1(real, db, k) = accumulate ? AT1(real, db, k) + sum : sum;
    }
}

static void NAME(conv2d)(const struct vjp_abi_call *call)
{
    const struct conv2d c = conv2d_of(call);
    const DLTensor *dx = vjp_abi_output(call, "dx"), *dw = vjp_abi_output(call, "dw");
    const DLTensor *db = vjp_abi_output(call, "db");
    if (dx)
        NAME(conv2d_dx)(&c, dx, call->accumulate);
    if (dw)
        NAME(conv2d_dw)(&c, dw, call->accumulate);
    if (db)
        NAME(conv2d_db)(c.dy, db, call->accumulate);
}

#endif
