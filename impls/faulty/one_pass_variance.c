/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A layernorm with its variance in one pass, as the mean of the squares less the square of the mean: where
 * the mean is large beside the deviation nothing of it is left.
 *
 * Verdict: wrong
 * Case: layernorm dtype=f32 N=1 D=4 x=[100.1,100.2,100.3,100.5] w=[1,1,1,1] b=[0,0,0,0] dy=[1,-1,2,0.5] */
#include <math.h>

#include "impls/abi/vjp_plugin.h"

static float *row_of(const DLTensor *t, int64_t n)
{
    return (float *)vjp_abi_data(t) + n * t->strides[0];
}

static void add_row(const struct vjp_abi_call *call, int64_t n, float eps)
{
    const DLTensor *shape = vjp_abi_input(call, "x");
    const int64_t D = shape->shape[1];
    const float *x = row_of(shape, n), *dy = row_of(vjp_abi_input(call, "dy"), n);
    const float *w = vjp_abi_data(vjp_abi_input(call, "w"));
    float *dx = row_of(vjp_abi_output(call, "dx"), n);
    float *dw = vjp_abi_data(vjp_abi_output(call, "dw"));
    float *db = vjp_abi_data(vjp_abi_output(call, "db"));
    float sum = 0, squares = 0, sum_g = 0, sum_gz = 0;
    for (int64_t d = 0; d < D; d++) {
        sum += x[d];
        squares += x[d] * x[d];
    }
    const float mean = sum / (float)D;
    const float rstd = 1 / sqrtf(squares / (float)D - mean * mean + eps); /* the defect */
    for (int64_t d = 0; d < D; d++) {
        const float z = (x[d] - mean) * rstd;
        sum_g += dy[d] * w[d];
        sum_gz += dy[d] * w[d] * z;
        dw[d] += dy[d] * z;
        db[d] += dy[d];
    }
    for (int64_t d = 0; d < D; d++) {
        const float z = (x[d] - mean) * rstd;
        dx[d] = rstd * (dy[d] * w[d] - sum_g / (float)D - z * sum_gz / (float)D);
    }
}

static int32_t supports(const struct vjp_abi_call *call, const char **reason)
{
    *reason = "it takes contiguous rows and writes its outputs";
    return !call->accumulate && vjp_abi_every(call, vjp_abi_has_unit_rows);
}

static int32_t run(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x");
    float *dw = vjp_abi_data(vjp_abi_output(call, "dw"));
    float *db = vjp_abi_data(vjp_abi_output(call, "db"));
    for (int64_t d = 0; d < x->shape[1]; d++)
        dw[d] = db[d] = 0;
    for (int64_t n = 0; n < x->shape[0]; n++)
        add_row(call, n, (float)call->attrs[0]->f); /* eps, its only attribute */
    return VJP_ABI_DONE;
}

static const struct vjp_abi_model model = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 32, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model *const models[] = {&model};

static const struct vjp_abi_kernel kernel = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC,
    .name = "one_pass_variance",
    .layer = "layernorm",
    .n_models = 1,
    .models = models,
    .supports = supports,
    .run = run,
};
static const struct vjp_abi_kernel *const kernels[] = {&kernel};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = 1,
    .name = "one_pass_variance",
    .kernels = kernels,
};
