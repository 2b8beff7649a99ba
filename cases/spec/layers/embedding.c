/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/axes.h"

#include <inttypes.h>

/* N: tokens, V: rows of the table, D: features. w: V x D, t: N, y: N x D. */
enum { N, V, D };
enum { W, T, Y };

static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    *field = "V";
    if (c->dim[V] < 1 && c->dim[N] > 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "V=0: expected a table with rows for the N=%" PRId64 " tokens", c->dim[N]);
    return VJP_OK;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int rank[] = {[W] = 2, [T] = 1, [Y] = 2};
    static const int axes[][2] = {[W] = {V, D}, [T] = {N}, [Y] = {N, D}};
    vjp_axes_shape(c, axes[i], rank[i], out, axis_dim);
}

/* dw sums over the tokens that are alike. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[N];
}

static double work(const struct vjp_case *c)
{
    return ((double)c->dim[N] + (double)c->dim[V]) * (double)c->dim[D];
}

static int64_t index_bound(const struct vjp_case *c, int i)
{
    (void)i;
    return c->dim[V];
}

const struct vjp_spec vjp_spec_embedding = {
    .name = "embedding",
    .formula = "y[n] = w[t[n]]",
    .n_dims = 3,
    .dim = {[N] = "N", [V] = "V", [D] = "D"},
    .n_inputs = 2,
    .input = {[W] = {.name = "w", .differentiable = true, .help = "V x D: the table"},
              [T] = {.name = "t", .domain = VJP_DOMAIN_INDEX, .help = "N: rows of the table"}},
    .output = "y",
    .sums_products = true,
    .check = check,
    .shape = shape,
    .reduction = reduction,
    .work = work,
    .index_bound = index_bound,
};
