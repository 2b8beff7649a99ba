/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/rows.h"

#include <inttypes.h>

enum { X, T, P, Y, LSE };
enum { TARGET, REDUCTION, IGNORE_INDEX };
enum { TARGET_INDEX, TARGET_ONEHOT };
enum { IGNORED = -100 };

static const char *const targets[] = {"index", "onehot", NULL};

static bool has_input(const struct vjp_case *c, int i)
{
    if (i == T)
        return c->attr[TARGET] == TARGET_INDEX;
    return i != P || c->attr[TARGET] == TARGET_ONEHOT;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    if (i == Y)
        *out = (struct vjp_shape){.rank = 0};
    else if (i == T || i == LSE)
        vjp_rows_vector(c, out, axis_dim);
    else
        vjp_rows_matrix(c, out, axis_dim);
}

static int64_t index_bound(const struct vjp_case *c, int i)
{
    (void)i;
    return c->dim[VJP_ROWS_C];
}

/* A field without effect is refused, as everywhere: one-hot labels have no class to ignore. */
static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    if (c->attr[TARGET] == TARGET_ONEHOT && c->attr[IGNORE_INDEX] != IGNORED) {
        *field = "ignore_index";
        return vjp_fail(error, VJP_ERR_USAGE,
                        "ignore_index=%" PRId64 ": expected no such field with target=onehot, "
                        "which has no class to ignore",
                        c->attr[IGNORE_INDEX]);
    }
    return vjp_rows_check_classes(c, field, error);
}

/* Rows whose class is ignore_index add nothing, and are not among those that the mean divides by. Where
 * every row is ignored, y and the gradient are 0. */
const struct vjp_spec vjp_spec_softmax_cross_entropy = {
    .name = "softmax_cross_entropy",
    .formula =
        "y = sum over n of lse[n] - x[n,t[n]], with target=onehot sum over n and c of p[n,c] "
        "(lse[n] - x[n,c]), where lse[n] = log(sum over c of exp(x[n,c])); with reduction=mean "
        "divided by the number of rows that are not ignored",
    .n_dims = 2,
    .dim = {"N", "C"},
    .least = {[VJP_ROWS_C] = 2},
    .n_attrs = 3,
    .attr = {[TARGET] = {.name = "target",
                         .kind = VJP_ATTR_CHOICE,
                         .choices = targets,
                         .help = "index: classes t; onehot: labels p"},
             [REDUCTION] =
                 VJP_REDUCTION_ATTR("mean: divide by the rows that are not ignored, or without any "
                                    "be 0, not NaN; sum: do not"),
             [IGNORE_INDEX] = {.name = "ignore_index",
                               .fallback = IGNORED,
                               .min = INT32_MIN,
                               .max = INT32_MAX,
                               .help = "rows of this class count for nothing, with target=index"}},
    .n_inputs = 3,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x C, logits", .centred = true},
              [T] = {.name = "t",
                     .domain = VJP_DOMAIN_INDEX,
                     .help = "N, classes from 0 to C - 1 or ignore_index, with target=index"},
              [P] = {.name = "p",
                     .domain = VJP_DOMAIN_ONEHOT,
                     .help = "N x C, one-hot labels, with target=onehot"}},
    .output = "y",
    .n_saved = 2,
    .saved = {{.name = "lse",
               .kind = VJP_SAVED_WIDE,
               .help = "N: log of the sum of exp of the logits of each row; f32 or wider"},
              {.name = "softmax", .help = "N x C: exp(x - lse)"}},
    .has_input = has_input,
    .check = check,
    .shape = shape,
    .reduction = vjp_rows_reduction,
    .index_bound = index_bound,
};
