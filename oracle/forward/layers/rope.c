/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* Pair i of the features, (i, i + D/2) or, interleaved, (2i, 2i + 1), turned by the token's angle i:
 * y1 = x1 cos - x2 sin, y2 = x2 cos + x1 sin. */
void vjp_forward_rope(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], H = o->c->dim[1], D = o->c->dim[2];
    const bool interleaved = o->c->attr[0] != 0;
    for (int64_t n = 0; n < N; n++) {
        for (int64_t h = 0; h < H; h++) {
            const int64_t *x = &o->in[0][(n * H + h) * D];
            int64_t *y = &o->y[(n * H + h) * D];
            for (int64_t i = 0; i < D / 2; i++) {
                const int64_t cosine = o->in[1][n * (D / 2) + i], sine = o->in[2][n * (D / 2) + i];
                const int64_t first = interleaved ? 2 * i : i;
                const int64_t second = interleaved ? 2 * i + 1 : i + D / 2;
                y[first] = vjp_tape_sub(tape, vjp_tape_mul(tape, x[first], cosine),
                                        vjp_tape_mul(tape, x[second], sine));
                y[second] = vjp_tape_add(tape, vjp_tape_mul(tape, x[second], cosine),
                                         vjp_tape_mul(tape, x[first], sine));
            }
        }
    }
}
