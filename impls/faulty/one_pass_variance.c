/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A layernorm and a batchnorm with their variance in one pass, as the mean of the squares less the square of
 * the mean: where the mean is large beside the deviation nothing of it is left.
 *
 * Class: 14
 * Verdict: wrong
 * Case: layernorm dtype=f32 N=1 D=4 x=[100.1,100.2,100.3,100.5] w=[1,1,1,1] b=[0,0,0,0] dy=[1,-1,2,0.5] */
#ifndef REAL

#include <math.h>

#include "impls/abi/vjp_plugin.h"

/* What is normalized together: of a layernorm each row, of a batchnorm each channel. The parameters of
 * element i of group g are number i in the one and g in the other. */
struct groups {
    int64_t count, size;
    int64_t inner, outer_step,
        group_step; /* element i lies at i % inner + i / inner outer_step, and so on */
    int by_group;
};

static struct groups groups_of(const DLTensor *x)
{
    struct groups s = {0, 0, 0, 0, 0, 0};
    if (x->ndim == 2) { /* N x D */
        s.count = x->shape[0];
        s.size = s.inner = s.group_step = x->shape[1];
    } else { /* N x C x H x W */
        s.count = x->shape[1];
        s.inner = s.group_step = x->shape[2] * x->shape[3];
        s.outer_step = s.count * s.inner;
        s.size = x->shape[0] * s.inner;
        s.by_group = 1;
    }
    return s;
}

static int64_t place(const struct groups *s, int64_t g, int64_t i)
{
    return g * s->group_step + i / s->inner * s->outer_step + i % s->inner;
}

#define REAL       float
#define NAME(name) name##_f32
#include "impls/faulty/one_pass_variance.c"
#undef REAL
#undef NAME
#define REAL       double
#define NAME(name) name##_f64
#include "impls/faulty/one_pass_variance.c"

static int32_t supports(const struct vjp_abi_call *call, const char **reason)
{
    *reason = "it takes contiguous tensors and writes its outputs";
    return !call->accumulate && vjp_abi_every(call, vjp_abi_is_contiguous);
}

static int32_t run(const struct vjp_abi_call *call)
{
    if (vjp_abi_is_dtype(vjp_abi_input(call, "x"), kDLFloat, 32))
        norm_f32(call);
    else
        norm_f64(call);
    return VJP_ABI_DONE;
}

static const struct vjp_abi_model f32 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 32, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model f64 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 64, 1},
    .accumulate = {kDLFloat, 64, 1},
};
static const struct vjp_abi_model *const models[] = {&f32, &f64};

#define KERNEL(of)                                                                                 \
    static const struct vjp_abi_kernel of = {                                                      \
        .struct_size = sizeof(struct vjp_abi_kernel),                                              \
        .capabilities = VJP_ABI_DETERMINISTIC,                                                     \
        .name = #of "_in_one_pass",                                                                \
        .layer = #of,                                                                              \
        .n_models = 2,                                                                             \
        .models = models,                                                                          \
        .supports = supports,                                                                      \
        .run = run,                                                                                \
    }
KERNEL(layernorm);
KERNEL(batchnorm);
static const struct vjp_abi_kernel *const kernels[] = {&layernorm, &batchnorm};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = 2,
    .name = "one_pass_variance",
    .kernels = kernels,
};

#else

static void NAME(add_group)(const struct vjp_abi_call *call, const struct groups *s, int64_t g)
{
    const REAL *x = vjp_abi_data(vjp_abi_input(call, "x"));
    const REAL *w = vjp_abi_data(vjp_abi_input(call, "w"));
    const REAL *dy = vjp_abi_data(vjp_abi_input(call, "dy"));
    REAL *dx = vjp_abi_data(vjp_abi_output(call, "dx"));
    REAL *dw = vjp_abi_data(vjp_abi_output(call, "dw"));
    REAL *db = vjp_abi_data(vjp_abi_output(call, "db"));
    const REAL eps = (REAL)call->attrs[0]->f; /* its only attribute */
    const REAL size = (REAL)s->size;
    REAL sum = 0, squares = 0, sum_g = 0, sum_gz = 0;
    for (int64_t i = 0; i < s->size; i++) {
        const REAL v = x[place(s, g, i)];
        sum += v;
        squares += v * v;
    }
    const REAL mean = sum / size;
    const REAL variance = squares / size - mean * mean; /* the defect */
    const REAL rstd = (REAL)(1 / sqrt(variance + eps));
    for (int64_t i = 0; i < s->size; i++) {
        const int64_t at = place(s, g, i), p = s->by_group ? g : i;
        const REAL z = (x[at] - mean) * rstd;
        sum_g += dy[at] * w[p];
        sum_gz += dy[at] * w[p] * z;
        dw[p] += dy[at] * z;
        db[p] += dy[at];
    }
    for (int64_t i = 0; i < s->size; i++) {
        const int64_t at = place(s, g, i), p = s->by_group ? g : i;
        const REAL z = (x[at] - mean) * rstd;
        dx[at] = rstd * (dy[at] * w[p] - sum_g / size - z * sum_gz / size);
    }
}

static void NAME(norm)(const struct vjp_abi_call *call)
{
    const struct groups s = groups_of(vjp_abi_input(call, "x"));
    REAL *dw = vjp_abi_data(vjp_abi_output(call, "dw"));
    REAL *db = vjp_abi_data(vjp_abi_output(call, "db"));
    for (int64_t p = 0; p < (s.by_group ? s.count : s.size); p++)
        dw[p] = db[p] = 0;
    for (int64_t g = 0; g < s.count; g++)
        NAME(add_group)(call, &s, g);
}

#endif
