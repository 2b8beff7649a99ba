/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* The place of an output element and what it is made of. */
struct place {
    int64_t n, k, oh, ow;
};

/* y[n,k,oh,ow] = sum over the channels c of k's group and r, s of x[n,c,h,w] w[k,c,r,s], where
 * h = oh stride + r dilation - padding and w likewise lie in the image, plus b[k] with bias=1. */
static int64_t element(struct vjp_tape *tape, const struct vjp_operands *o, struct place at)
{
    const int64_t C = vjp_case_dim(o->c, "C"), H = vjp_case_dim(o->c, "H");
    const int64_t W = vjp_case_dim(o->c, "W"), K = vjp_case_dim(o->c, "K");
    const int64_t R = vjp_case_dim(o->c, "R"), S = vjp_case_dim(o->c, "S");
    const int64_t stride = vjp_case_attr(o->c, "stride"), padding = vjp_case_attr(o->c, "padding");
    const int64_t dilation = vjp_case_attr(o->c, "dilation");
    const int64_t groups = vjp_case_attr(o->c, "groups");
    const int64_t per_group = C / groups, first = at.k / (K / groups) * per_group;
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t c = 0; c < per_group; c++) {
        for (int64_t r = 0; r < R; r++) {
            for (int64_t s = 0; s < S; s++) {
                const int64_t h = at.oh * stride + r * dilation - padding;
                const int64_t w = at.ow * stride + s * dilation - padding;
                if (h < 0 || h >= H || w < 0 || w >= W)
                    continue;
                const int64_t x = o->in[0][((at.n * C + first + c) * H + h) * W + w];
                const int64_t weight = o->in[1][((at.k * per_group + c) * R + r) * S + s];
                vjp_tape_push(tape, vjp_tape_mul(tape, x, weight));
            }
        }
    }
    if (o->in[2])
        vjp_tape_push(tape, o->in[2][at.k]);
    return vjp_tape_close_sum(tape, terms);
}

void vjp_forward_conv2d(struct vjp_tape *tape, const struct vjp_operands *o)
{
    struct vjp_shape y;
    vjp_case_slot_shape(o->c, vjp_slot_cotangent(o->c->spec), &y);
    int64_t i = 0;
    for (int64_t n = 0; n < y.dim[0]; n++) {
        for (int64_t k = 0; k < y.dim[1]; k++) {
            for (int64_t oh = 0; oh < y.dim[2]; oh++) {
                for (int64_t ow = 0; ow < y.dim[3]; ow++)
                    o->y[i++] = element(tape, o, (struct place){n, k, oh, ow});
            }
        }
    }
}
