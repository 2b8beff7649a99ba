/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#include "impls/abi/vjp_linear.h"
#include "impls/naive/half.h"

#define SAME(value) (value)

#define NAME(function) function##_f64
#define STORED         double
#define SUM            double
#define LOAD           SAME
#define STORE          SAME
#include "impls/naive/linear.inc"

#define NAME(function) function##_f32
#define STORED         float
#define SUM            float
#define LOAD           SAME
#define STORE          SAME
#include "impls/naive/linear.inc"

#define NAME(function) function##_f16
#define STORED         uint16_t
#define SUM            float
#define LOAD           vjp_float_from_f16
#define STORE          vjp_f16_from_float
#include "impls/naive/linear.inc"

#define NAME(function) function##_bf16
#define STORED         uint16_t
#define SUM            float
#define LOAD           vjp_float_from_bf16
#define STORE          vjp_bf16_from_float
#include "impls/naive/linear.inc"

static int32_t supports(const struct vjp_abi_call *call, const char **reason)
{
    (void)call;
    (void)reason;
    return 1;
}

static int32_t run(const struct vjp_abi_call *call)
{
    const struct vjp_linear c = vjp_linear_of(call);
    if (vjp_abi_is_dtype(c.x, kDLFloat, 64))
        linear_f64(&c, call->accumulate);
    else if (vjp_abi_is_dtype(c.x, kDLFloat, 32))
        linear_f32(&c, call->accumulate);
    else if (vjp_abi_is_dtype(c.x, kDLFloat, 16))
        linear_f16(&c, call->accumulate);
    else
        linear_bf16(&c, call->accumulate);
    return VJP_ABI_DONE;
}

static const struct vjp_abi_model f64 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 64, 1},
    .accumulate = {kDLFloat, 64, 1},
};
static const struct vjp_abi_model f32 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 32, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model f16 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 16, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model bf16 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLBfloat, 16, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model *const models[] = {&f64, &f32, &f16, &bf16};

const struct vjp_abi_kernel vjp_naive_linear = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS,
    .name = "linear",
    .layer = "linear",
    .summary = "three loops; any strides, every dtype",
    .n_models = sizeof models / sizeof models[0],
    .models = models,
    .supports = supports,
    .run = run,
};
