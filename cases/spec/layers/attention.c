/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include <inttypes.h>

/* B: batch, H: heads, T: queries, S: keys, D: their width, E: the width of the values. q: B x H x T x D,
 * k: B x H x S x D, v: B x H x S x E, y: B x H x T x E; saved lse: B x H x T, p: B x H x T x S. */
enum { B, H, T, S, D, E };
enum { CAUSAL, SCALE };
enum { Q, K, V, Y, SAVED_Y, LSE, P };

/* Query i sees the keys j <= i + S - T, or all. One that sees none has no softmax. */
static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    *field = "S";
    if (c->dim[T] > 0 && c->dim[S] < 1)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "S=0: expected a key or more for the T=%" PRId64 " queries", c->dim[T]);
    if (c->attr[CAUSAL] && c->dim[S] < c->dim[T])
        return vjp_fail(error, VJP_ERR_USAGE,
                        "S=%" PRId64 ": expected at least T=%" PRId64
                        " keys with causal=1: the first query would see none",
                        c->dim[S], c->dim[T]);
    *field = "D";
    if (c->dim[D] < 1 && c->real[SCALE] == 0)
        return vjp_fail(error, VJP_ERR_USAGE, "D=0: expected 1 or more where scale is 1/sqrt(D)");
    return VJP_OK;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int axes[][4] = {[Q] = {B, H, T, D}, [K] = {B, H, S, D}, [V] = {B, H, S, E},
                                  [Y] = {B, H, T, E}, [LSE] = {B, H, T},  [P] = {B, H, T, S}};
    out->rank = i == LSE ? 3 : 4;
    for (int d = 0; d < out->rank; d++) {
        out->dim[d] = c->dim[axes[i][d]];
        axis_dim[d] = axes[i][d];
    }
}

/* dq sums over S, dk and dv over T. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[S] > c->dim[T] ? c->dim[S] : c->dim[T];
}

/* For each query and key two sums of products and about four operations of the softmax. */
static double work(const struct vjp_case *c)
{
    const double heads = (double)c->dim[B] * (double)c->dim[H];
    const double width = (double)c->dim[D] + (double)c->dim[E];
    const double operands = (double)c->dim[T] + (double)c->dim[S];
    return heads * ((double)c->dim[T] * (double)c->dim[S] * (width + 4) + operands * width);
}

const struct vjp_spec vjp_spec_attention = {
    .name = "attention",
    .formula = "y = softmax(scale q k^T) v for each of B x H heads",
    .n_dims = 6,
    .dim = {[B] = "B", [H] = "H", [T] = "T", [S] = "S", [D] = "D", [E] = "E"},
    .n_attrs = 2,
    .attr = {[CAUSAL] = {.name = "causal",
                         .min = 0,
                         .max = 1,
                         .help = "1: query i sees only the keys j <= i + S - T"},
             [SCALE] = {.name = "scale",
                        .kind = VJP_ATTR_REAL,
                        .real_fallback = 0,
                        .real_min = 0,
                        .real_max = 1e3,
                        .help = "factor of the scores; 0: 1/sqrt(D)"}},
    .n_inputs = 3,
    .input = {[Q] = {.name = "q", .differentiable = true, .help = "B x H x T x D"},
              [K] = {.name = "k", .differentiable = true, .help = "B x H x S x D"},
              [V] = {.name = "v", .differentiable = true, .help = "B x H x S x E"}},
    .output = "y",
    .n_saved = 3,
    .saved =
        {{.name = "y", .help = "the output"},
         {.name = "lse",
          .kind = VJP_SAVED_WIDE,
          .help = "B x H x T: log of the sum of exp of the scaled scores that a query sees; f32 or "
                  "wider"},
         {.name = "p",
          .help = "B x H x T x S: exp(score - lse); 0 where a query does not see a key"}},
    .check = check,
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
