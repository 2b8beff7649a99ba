/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y[i,m,n] = sum over k of a[i,m,k] b[i,k,n], where trans_a=1 stores a[i,m,k] at (i,k,m), and trans_b=1
 * b[i,k,n] at (i,n,k). */
void vjp_forward_matmul(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t B = o->c->dim[0], M = o->c->dim[1], K = o->c->dim[2], N = o->c->dim[3];
    const int64_t a_m = o->c->attr[0] ? 1 : K, a_k = o->c->attr[0] ? M : 1;
    const int64_t b_k = o->c->attr[1] ? 1 : N, b_n = o->c->attr[1] ? K : 1;
    for (int64_t i = 0; i < B; i++) {
        const int64_t *a = &o->in[0][i * M * K], *b = &o->in[1][i * K * N];
        for (int64_t m = 0; m < M; m++) {
            for (int64_t n = 0; n < N; n++) {
                const int64_t terms = vjp_tape_open(tape);
                for (int64_t k = 0; k < K; k++)
                    vjp_tape_push(tape,
                                  vjp_tape_mul(tape, a[m * a_m + k * a_k], b[k * b_k + n * b_n]));
                o->y[(i * M + m) * N + n] = vjp_tape_close_sum(tape, terms);
            }
        }
    }
}
