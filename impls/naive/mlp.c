/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#include <stdlib.h>

#ifndef REAL
#define VJP_SELF "impls/naive/mlp.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL_OF(mlp, "linear | relu | linear | softmax | cross_entropy", 0,
                    .summary = "backward of a two-layer classifier, fused: da = (p - t) dy / N",
                    .kinks = VJP_ABI_KINK_LOWER);
#else

/* z = x w + b, h = max(z, 0), a = h v + c, p = softmax(a), y = -sum of t log p, and / N for the mean.
 * N: batch, D: features, H: hidden, C: classes. x: N x D, w: D x H, v: H x C, t: N x C. */
struct NAME(mlp) {
    int64_t N, D, H, C;
    const DLTensor *x, *w, *b, *v, *c, *t; /* b and c may be absent */
    real *z;                               /* N x H; later dz */
    real *da;                              /* N x C */
};

/* Row n: z, and a in the place of da. */
static void NAME(forward)(const struct NAME(mlp) * m, int64_t n)
{
    real *z = m->z + n * m->H, *a = m->da + n * m->C;
    for (int64_t j = 0; j < m->H; j++) {
        z[j] = m->b ? AT1(real, m->b, j) : 0;
        for (int64_t d = 0; d < m->D; d++)
            z[j] += AT2(real, m->x, n, d) * AT2(real, m->w, d, j);
    }
    for (int64_t k = 0; k < m->C; k++) {
        a[k] = m->c ? AT1(real, m->c, k) : 0;
        for (int64_t j = 0; j < m->H; j++)
            a[k] += (z[j] > 0 ? z[j] : 0) * AT2(real, m->v, j, k);
    }
}

/* da = (p - t) share in the place of a. */
static void NAME(loss)(const struct NAME(mlp) * m, int64_t n, real share)
{
    real *a = m->da + n * m->C, largest = -INFINITY, sum = 0;
    for (int64_t k = 0; k < m->C; k++)
        largest = a[k] > largest ? a[k] : largest;
    for (int64_t k = 0; k < m->C; k++)
        sum += a[k] = M(exp)(a[k] - largest);
    for (int64_t k = 0; k < m->C; k++)
        a[k] = (a[k] / sum - AT2(real, m->t, n, k)) * share;
}

static void NAME(store)(HELD(real) * out, int32_t accumulate, real sum)
{
    *out = accumulate ? *out + sum : sum;
}

/* dv = h^T da, dc = the sum of the rows of da. */
static void NAME(second)(const struct NAME(mlp) * m, const struct vjp_abi_call *call)
{
    const DLTensor *dv = vjp_abi_output(call, "3.dw"), *dc = vjp_abi_output(call, "3.db");
    for (int64_t k = 0; k < m->C; k++) {
        for (int64_t j = 0; j < m->H; j++) {
            real sum = 0;
            for (int64_t n = 0; n < m->N; n++)
                sum += (m->z[n * m->H + j] > 0 ? m->z[n * m->H + j] : 0) * m->da[n * m->C + k];
            NAME(store)(&AT2(real, dv, j, k), call->accumulate, sum);
        }
        real sum = 0;
        for (int64_t n = 0; n < m->N; n++)
            sum += m->da[n * m->C + k];
        if (dc)
            NAME(store)(&AT1(real, dc, k), call->accumulate, sum);
    }
}

/* dz = da v^T where z > 0, else 0, in the place of z. */
static void NAME(hidden)(const struct NAME(mlp) * m)
{
    for (int64_t n = 0; n < m->N; n++) {
        for (int64_t j = 0; j < m->H; j++) {
            real dh = 0;
            for (int64_t k = 0; k < m->C; k++)
                dh += m->da[n * m->C + k] * AT2(real, m->v, j, k);
            m->z[n * m->H + j] = m->z[n * m->H + j] > 0 ? dh : 0;
        }
    }
}

/* dx = dz w^T, dw = x^T dz, db = the sum of the rows of dz. */
static void NAME(first)(const struct NAME(mlp) * m, const struct vjp_abi_call *call)
{
    const DLTensor *dx = vjp_abi_output(call, "1.dx"), *dw = vjp_abi_output(call, "1.dw");
    const DLTensor *db = vjp_abi_output(call, "1.db");
    for (int64_t d = 0; d < m->D; d++) {
        for (int64_t n = 0; n < m->N; n++) {
            real sum = 0;
            for (int64_t j = 0; j < m->H; j++)
                sum += m->z[n * m->H + j] * AT2(real, m->w, d, j);
            NAME(store)(&AT2(real, dx, n, d), call->accumulate, sum);
        }
        for (int64_t j = 0; j < m->H; j++) {
            real sum = 0;
            for (int64_t n = 0; n < m->N; n++)
                sum += AT2(real, m->x, n, d) * m->z[n * m->H + j];
            NAME(store)(&AT2(real, dw, d, j), call->accumulate, sum);
        }
    }
    for (int64_t j = 0; db && j < m->H; j++) {
        real sum = 0;
        for (int64_t n = 0; n < m->N; n++)
            sum += m->z[n * m->H + j];
        NAME(store)(&AT1(real, db, j), call->accumulate, sum);
    }
}

static void NAME(mlp)(const struct vjp_abi_call *call)
{
    struct NAME(mlp) m = {
        .x = vjp_abi_input(call, "1.x"),
        .w = vjp_abi_input(call, "1.w"),
        .b = vjp_abi_input(call, "1.b"),
        .v = vjp_abi_input(call, "3.w"),
        .c = vjp_abi_input(call, "3.b"),
        .t = vjp_abi_input(call, "5.t"),
    };
    m.N = m.x->shape[0];
    m.D = m.x->shape[1];
    m.H = m.w->shape[1];
    m.C = m.v->shape[1];
    m.z = malloc((size_t)(m.N * m.H + 1) * sizeof *m.z);
    m.da = malloc((size_t)(m.N * m.C + 1) * sizeof *m.da);
    const real dy = AT(real, vjp_abi_input(call, "dy"), 0);
    const real share = naive_int(call, "5.reduction") == 0 ? dy / (real)m.N : dy;
    if (m.z && m.da) { /* without memory the outputs stay unwritten, which is seen */
        for (int64_t n = 0; n < m.N; n++) {
            NAME(forward)(&m, n);
            NAME(loss)(&m, n, share);
        }
        NAME(second)(&m, call);
        NAME(hidden)(&m);
        NAME(first)(&m, call);
    }
    free(m.z);
    free(m.da);
}

#endif
