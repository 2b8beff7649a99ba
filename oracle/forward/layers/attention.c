/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

#include <stdlib.h>

enum { LSE = 1, P }; /* of what is saved */

/* One head: q: T x D, k: S x D, v: S x E, y: T x E; saved lse: T, p: T x S. */
struct head {
    int64_t T, S, D, E;
    const int64_t *q, *k, *v;
    int64_t *y, *lse, *p;
    int64_t *hidden; /* by key: what is masked where that key and all behind it are */
    bool causal;
    int64_t scale; /* a node */
};

/* z[j] = scale sum over d of q[i,d] k[j,d], for the keys that query i sees. */
static void record_scores(struct vjp_tape *tape, const struct head *h, int64_t i, int64_t keys,
                          int64_t *z)
{
    for (int64_t j = 0; j < keys; j++) {
        const int64_t terms = vjp_tape_open(tape);
        for (int64_t d = 0; d < h->D; d++)
            vjp_tape_push(tape, vjp_tape_mul(tape, h->q[i * h->D + d], h->k[j * h->D + d]));
        z[j] = vjp_tape_mul(tape, vjp_tape_close_sum(tape, terms), h->scale);
    }
}

/* z becomes the softmax p[j] = exp(z[j] - m - l) with m the largest and l = log of the sum of
 * exp(z[j] - m), which is returned; *lse = m + l. */
static int64_t record_softmax(struct vjp_tape *tape, int64_t keys, int64_t *z, int64_t *lse)
{
    const int64_t scores = vjp_tape_open(tape);
    for (int64_t j = 0; j < keys; j++)
        vjp_tape_push(tape, z[j]);
    const int64_t m = vjp_tape_close_largest(tape, scores);
    const int64_t shifted = vjp_tape_open(tape);
    for (int64_t j = 0; j < keys; j++) {
        z[j] = vjp_tape_sub(tape, z[j], m);
        vjp_tape_push(tape, z[j]);
    }
    const int64_t l = vjp_tape_close_logsumexp_shifted(tape, shifted, m, lse);
    for (int64_t j = 0; j < keys; j++)
        z[j] = vjp_tape_exp(tape, vjp_tape_sub(tape, z[j], l));
    return l;
}

/* What a query does not see: a kernel may take in the keys behind it with p = 0. */
static void record_hidden(struct vjp_tape *tape, const struct head *h)
{
    for (int64_t j = h->S - 1; j >= 0; j--) {
        const int64_t terms = vjp_tape_open(tape);
        for (int64_t d = 0; d < h->D; d++)
            vjp_tape_push(tape, h->k[j * h->D + d]);
        for (int64_t e = 0; e < h->E; e++)
            vjp_tape_push(tape, h->v[j * h->E + e]);
        if (j < h->S - 1)
            vjp_tape_push(tape, h->hidden[j + 1]);
        h->hidden[j] = vjp_tape_close_masked(tape, terms, VJP_NO_NODE);
    }
}

/* y[i,e] = sum over j of p[i,j] v[j,e], where causal=1 has j <= i + S - T. Kernels that are given y take
 * the sum of p[i,j] dL/dp[i,j] from it, as the sum of y[i,e] dL/dy[i,e] (Dao et al., "FlashAttention",
 * NeurIPS 2022, appendix B.2). */
static void record_head(struct vjp_tape *tape, const struct head *h, int64_t *z)
{
    if (h->causal)
        record_hidden(tape, h);
    for (int64_t i = 0; i < h->T; i++) {
        const int64_t keys = h->causal ? i + h->S - h->T + 1 : h->S;
        record_scores(tape, h, i, keys, z);
        if (keys < h->S) {
            const int64_t terms = vjp_tape_open(tape);
            vjp_tape_push(tape, h->hidden[keys]);
            z[0] = vjp_tape_close_masked(tape, terms, z[0]);
        }
        const int64_t l = record_softmax(tape, keys, z, &h->lse[i]);
        for (int64_t j = 0; j < h->S; j++)
            h->p[i * h->S + j] = j < keys ? z[j] : vjp_tape_constant(tape, 0);
        for (int64_t e = 0; e < h->E; e++) {
            const int64_t terms = vjp_tape_open(tape);
            for (int64_t j = 0; j < keys; j++)
                vjp_tape_push(tape, vjp_tape_mul(tape, z[j], h->v[j * h->E + e]));
            h->y[i * h->E + e] = vjp_tape_shortcut(tape, vjp_tape_close_sum(tape, terms), l);
        }
    }
}

void vjp_forward_attention(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t heads = o->c->dim[0] * o->c->dim[1];
    const int64_t T = o->c->dim[2], S = o->c->dim[3], D = o->c->dim[4], E = o->c->dim[5];
    const double scale = vjp_case_real(o->c, "scale");
    int64_t *z = malloc((size_t)(S + 1) * sizeof *z);
    int64_t *hidden = malloc((size_t)(S + 1) * sizeof *hidden);
    if (!z || !hidden) { /* fails the tape */
        vjp_tape_push(tape, VJP_NO_NODE);
        free(z);
        free(hidden);
        return;
    }
    struct head h = {.T = T, .S = S, .D = D, .E = E, .hidden = hidden};
    h.causal = vjp_case_attr(o->c, "causal") != 0;
    h.scale = scale == 0 ? vjp_tape_rsqrt(tape, vjp_tape_constant(tape, D))
                         : vjp_tape_number(tape, scale);
    for (int64_t i = 0; i < heads; i++) {
        h.q = &o->in[0][i * T * D];
        h.k = &o->in[1][i * S * D];
        h.v = &o->in[2][i * S * E];
        h.y = &o->y[i * T * E];
        h.lse = &o->saved[LSE][i * T];
        h.p = &o->saved[P][i * T * S];
        record_head(tape, &h, z);
    }
    free(z);
    free(hidden);
}
