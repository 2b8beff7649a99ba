/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_SPEC_SAMPLE_H
#define VJP_TESTS_CASES_SPEC_SAMPLE_H

/* A layer that does not exist, with one of everything that a spec may say. */

#include "cases/spec/case.h"

#include <criterion/criterion.h>

/* N rows of C; K only where rank=3. */
enum { SAMPLE_N, SAMPLE_C, SAMPLE_K };
enum { SAMPLE_RANK, SAMPLE_MODE, SAMPLE_EPS, SAMPLE_IGNORE };
enum { SAMPLE_X, SAMPLE_P, SAMPLE_L, SAMPLE_T, SAMPLE_M, SAMPLE_DY, SAMPLE_DX, SAMPLE_DP };

/* t, the indices, takes part in mode 0, and l, the labels, in mode 1. */
static inline bool sample_has_input(const struct vjp_case *c, int i)
{
    return (i != SAMPLE_T || c->attr[SAMPLE_MODE] == 0) &&
           (i != SAMPLE_L || c->attr[SAMPLE_MODE] == 1);
}

static inline bool sample_has_dim(const struct vjp_case *c, int i)
{
    return i != SAMPLE_K || c->attr[SAMPLE_RANK] == 3;
}

static inline enum vjp_status sample_check(const struct vjp_case *c, const char **field,
                                           struct vjp_error *error)
{
    if (c->dim[SAMPLE_C] != 13)
        return VJP_OK;
    *field = "C";
    return vjp_fail(error, VJP_ERR_USAGE, "C=13: expected luck");
}

/* x, p, l, y: N x C, and N x C x K; t, m and the saved row: N. */
static inline void sample_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                                int axis_dim[VJP_RANK_MAX])
{
    const bool is_row = i == SAMPLE_T || i == SAMPLE_M || i > SAMPLE_DY;
    out->rank = is_row ? 1 : (int)c->attr[SAMPLE_RANK];
    for (int d = 0; d < out->rank; d++) {
        out->dim[d] = c->dim[d];
        axis_dim[d] = d;
    }
}

static inline int64_t sample_reduction(const struct vjp_case *c)
{
    return c->dim[SAMPLE_C];
}

static inline double sample_work(const struct vjp_case *c)
{
    return 10 * (double)c->dim[SAMPLE_N];
}

static inline int64_t sample_index_bound(const struct vjp_case *c, int i)
{
    return i == SAMPLE_T ? c->dim[SAMPLE_C] : -1;
}

static const char *const sample_modes[] = {"index", "labels", NULL};

static const struct vjp_spec sample_spec = {
    .name = "sample",
    .formula = "y = y",
    .n_dims = 3,
    .dim = {"N", "C", "K"},
    .n_attrs = 4,
    .attr = {{.name = "rank", .fallback = 2, .min = 2, .max = 3},
             {.name = "mode", .kind = VJP_ATTR_CHOICE, .choices = sample_modes},
             {.name = "eps",
              .kind = VJP_ATTR_REAL,
              .real_fallback = 1e-5,
              .real_min = 0,
              .real_max = 1},
             {.name = "ignore_index", .fallback = -100, .min = INT32_MIN, .max = INT32_MAX}},
    .n_inputs = 5,
    .input = {{.name = "x", .differentiable = true},
              {.name = "p", .differentiable = true, .domain = VJP_DOMAIN_POSITIVE},
              {.name = "l", .domain = VJP_DOMAIN_ONEHOT},
              {.name = "t", .domain = VJP_DOMAIN_INDEX},
              {.name = "m", .domain = VJP_DOMAIN_MASK}},
    .output = "y",
    .n_saved = 2,
    .saved = {{.name = "row"}, {.name = "y"}},
    .has_input = sample_has_input,
    .has_dim = sample_has_dim,
    .check = sample_check,
    .shape = sample_shape,
    .reduction = sample_reduction,
    .work = sample_work,
    .index_bound = sample_index_bound,
};

/* N x C, mode labels or index. */
static inline struct vjp_case sample_case(int64_t n, int64_t c, const char *mode)
{
    struct vjp_case out = {0};
    cr_assert_eq(vjp_case_init(&out, &sample_spec, VJP_F32, NULL), VJP_OK);
    out.dim[SAMPLE_N] = n;
    out.dim[SAMPLE_C] = c;
    out.attr[SAMPLE_MODE] = mode[0] == 'l';
    cr_assert_eq(vjp_case_settle(&out, NULL), VJP_OK);
    return out;
}

#endif
