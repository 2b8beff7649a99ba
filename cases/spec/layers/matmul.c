/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

/* B: batch, M: rows of y, K: what is summed over, N: columns of y. a: B x M x K, or B x K x M with
 * trans_a=1; b: B x K x N, or B x N x K with trans_b=1; y: B x M x N. */
enum { B, M, K, N };
enum { TRANS_A, TRANS_B };
enum { IN_A, IN_B, Y };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int axes[][3] = {[IN_A] = {B, M, K}, [IN_B] = {B, K, N}, [Y] = {B, M, N}};
    const bool trans = i != Y && c->attr[i == IN_A ? TRANS_A : TRANS_B] != 0;
    out->rank = 3;
    for (int d = 0; d < out->rank; d++) {
        axis_dim[d] = axes[i][trans && d > 0 ? 3 - d : d];
        out->dim[d] = c->dim[axis_dim[d]];
    }
}

/* da sums over N, db over M. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[M] > c->dim[N] ? c->dim[M] : c->dim[N];
}

const struct vjp_spec vjp_spec_matmul = {
    .name = "matmul",
    .formula = "y = a b for each of B pairs of matrices",
    .n_dims = 4,
    .dim = {[B] = "B", [M] = "M", [K] = "K", [N] = "N"},
    .n_attrs = 2,
    .attr = {[TRANS_A] = {.name = "trans_a",
                          .min = 0,
                          .max = 1,
                          .help = "1: a is given transposed, B x K x M"},
             [TRANS_B] = {.name = "trans_b",
                          .min = 0,
                          .max = 1,
                          .help = "1: b is given transposed, B x N x K"}},
    .n_inputs = 2,
    .input = {[IN_A] = {.name = "a", .differentiable = true, .help = "B x M x K, or B x K x M"},
              [IN_B] = {.name = "b", .differentiable = true, .help = "B x K x N, or B x N x K"}},
    .output = "y",
    .sums_products = true,
    .shape = shape,
    .reduction = reduction,
};
