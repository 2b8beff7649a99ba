/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/blocked/blocked.h"

#include "impls/abi/vjp_linear.h"

/* A tile of the output and panels of both operands: 160 KiB in f32, 320 KiB in f64, on the stack of the
 * thread that works on them. */
enum { TILE_ROWS = 96, TILE_COLS = 128, TILE_DEPTH = 128, HIGH = 4, WIDE_f32 = 8, WIDE_f64 = 4 };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#define NAME(identifier) identifier##_f32
#define REAL             float
#include "impls/blocked/linear.inc"

#define NAME(identifier) identifier##_f64
#define REAL             double
#include "impls/blocked/linear.inc"

static int32_t supports(const struct vjp_abi_call *call, const char **reason)
{
    if (vjp_abi_every(call, vjp_abi_has_unit_rows))
        return 1;
    *reason = "takes tensors with contiguous rows only, not transposed";
    return 0;
}

static int32_t run(const struct vjp_abi_call *call)
{
    const struct vjp_linear c = vjp_linear_of(call);
    if (vjp_abi_is_dtype(c.x, kDLFloat, 32))
        linear_f32(&c, call);
    else
        linear_f64(&c, call);
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

const struct vjp_abi_kernel vjp_blocked_linear = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS,
    .name = "linear",
    .layer = "linear",
    .summary = "portable C, blocked for the caches, threads; contiguous or padded rows",
    .n_models = sizeof models / sizeof models[0],
    .models = models,
    .supports = supports,
    .run = run,
};
