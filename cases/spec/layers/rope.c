/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include <inttypes.h>

/* N: tokens, H: heads, D: features, an even number. x, y: N x H x D, cos, sin: N x D/2. */
enum { N, H, D };
enum { X, COS, SIN, Y };

static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    *field = "D";
    if (c->dim[D] % 2 != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "D=%" PRId64 ": expected an even number: features turn in pairs",
                        c->dim[D]);
    return VJP_OK;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    const bool table = i == COS || i == SIN;
    out->rank = table ? 2 : 3;
    for (int d = 0; d < out->rank; d++) {
        axis_dim[d] = table && d == 1 ? -1 : d;
        out->dim[d] = table && d == 1 ? c->dim[D] / 2 : c->dim[d];
    }
}

static int64_t reduction(const struct vjp_case *c)
{
    (void)c;
    return 2;
}

/* Two products an element. */
static double work(const struct vjp_case *c)
{
    return 2 * (double)c->dim[N] * (double)c->dim[H] * (double)c->dim[D];
}

static const char *const layouts[] = {"half", "interleaved", NULL};

const struct vjp_spec vjp_spec_rope = {
    .name = "rope",
    .formula = "(y1, y2) = (x1 cos - x2 sin, x2 cos + x1 sin) for each pair of features",
    .n_dims = 3,
    .dim = {[N] = "N", [H] = "H", [D] = "D"},
    .n_attrs = 1,
    .attr = {{.name = "layout",
              .kind = VJP_ATTR_CHOICE,
              .choices = layouts,
              .help = "pair i is (i, i + D/2) in half, (2i, 2i + 1) in interleaved"}},
    .n_inputs = 3,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x H x D"},
              [COS] = {.name = "cos", .help = "N x D/2: the cosine for each token and pair"},
              [SIN] = {.name = "sin", .help = "N x D/2"}},
    .output = "y",
    .sums_products = true,
    .check = check,
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
