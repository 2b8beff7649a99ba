/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/attention.c"

/* q: B x H x T x D, k: B x H x S x D, v: B x H x S x E, dy: B x H x T x E. dq, dk, dv may be NULL. */
struct attention {
    const DLTensor *q, *k, *v, *dy, *dq, *dk, *dv;
    double scale;
    int64_t causal;
};

/* One query: its head, its number, and how many keys it sees. */
struct query {
    int64_t b, h, i, keys;
};

#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(attention, .summary = "softmax recomputed from q, k, v; any strides");
#else

/* scale q[i] . k[j] */
static real NAME(score)(const struct attention *a, struct query at, int64_t j)
{
    real sum = 0;
    for (int64_t d = 0; d < a->q->shape[3]; d++)
        sum += AT4(real, a->q, at.b, at.h, at.i, d) * AT4(real, a->k, at.b, at.h, j, d);
    return sum * (real)a->scale;
}

/* dL/dp[i,j] = dy[i] . v[j] */
static real NAME(dp)(const struct attention *a, struct query at, int64_t j)
{
    real sum = 0;
    for (int64_t e = 0; e < a->v->shape[3]; e++)
        sum += AT4(real, a->dy, at.b, at.h, at.i, e) * AT4(real, a->v, at.b, at.h, j, e);
    return sum;
}

/* With p = softmax(scale q k^T) and c = sum over j of p[i,j] dp[i,j]:
 * ds[i,j] = p[i,j] (dp[i,j] - c), dq[i] = scale sum over j of ds[i,j] k[j], and what query i adds to
 * dk[j] = scale sum over i of ds[i,j] q[i] and dv[j] = sum over i of p[i,j] dy[i]. */
static void NAME(backward_of)(const struct attention *a, struct query at)
{
    real largest = NAME(score)(a, at, 0), sum = 0, c = 0;
    for (int64_t j = 1; j < at.keys; j++)
        largest = M(fmax)(largest, NAME(score)(a, at, j));
    for (int64_t j = 0; j < at.keys; j++)
        sum += M(exp)(NAME(score)(a, at, j) - largest);
    for (int64_t j = 0; j < at.keys; j++)
        c += M(exp)(NAME(score)(a, at, j) - largest) / sum * NAME(dp)(a, at, j);
    for (int64_t j = 0; j < at.keys; j++) {
        const real p = M(exp)(NAME(score)(a, at, j) - largest) / sum;
        const real ds = p * (NAME(dp)(a, at, j) - c) * (real)a->scale;
        for (int64_t d = 0; d < a->q->shape[3]; d++) {
            if (a->dq)
                AT4(real, a->dq, at.b, at.h, at.i, d) += ds * AT4(real, a->k, at.b, at.h, j, d);
            if (a->dk)
                AT4(real, a->dk, at.b, at.h, j, d) += ds * AT4(real, a->q, at.b, at.h, at.i, d);
        }
        for (int64_t e = 0; a->dv && e < a->v->shape[3]; e++)
            AT4(real, a->dv, at.b, at.h, j, e) += p * AT4(real, a->dy, at.b, at.h, at.i, e);
    }
}

static void NAME(attention)(const struct vjp_abi_call *call)
{
    const double scale = naive_real(call, "scale");
    struct attention a = {
        .q = vjp_abi_input(call, "q"),
        .k = vjp_abi_input(call, "k"),
        .v = vjp_abi_input(call, "v"),
        .dy = vjp_abi_input(call, "dy"),
        .dq = vjp_abi_output(call, "dq"),
        .dk = vjp_abi_output(call, "dk"),
        .dv = vjp_abi_output(call, "dv"),
        .causal = naive_int(call, "causal"),
    };
    a.scale = scale == 0 ? 1 / sqrt((double)a.q->shape[3]) : scale;
    for (int32_t o = 0; !call->accumulate && o < call->n_outputs; o++) {
        for (int64_t i = 0; i < naive_count(call->outputs[o]->dl); i++)
            AT(real, call->outputs[o]->dl, i) = 0;
    }
    const int64_t B = a.q->shape[0], H = a.q->shape[1], T = a.q->shape[2], S = a.k->shape[2];
    for (int64_t b = 0; b < B; b++) {
        for (int64_t h = 0; h < H; h++) {
            for (int64_t i = 0; i < T; i++)
                NAME(backward_of)(&a, (struct query){b, h, i, a.causal ? i + S - T + 1 : S});
        }
    }
}

#endif
