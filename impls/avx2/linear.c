/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/avx2/avx2.h"

static const char needs[] = "needs a CPU with AVX2 and FMA";

#if defined(__x86_64__)

#include "impls/abi/vjp_linear.h"
#include "impls/avx2/lanes.h"

/* How a product is taken: by dot products, which need unit strides along the sum, deep, where b has a
 * single column; row by row, where a has a single column; by tiles, with a read where it lies; by tiles,
 * with a packed. */
enum way { DOTS, DEEP_DOTS, ROW_BY_ROW, DIRECT, PACKED };

/* NAME(identifier)  the identifier for this dtype
 * REAL              the type of operands and sums
 * VEC, LANES        a vector of it, and how many it holds
 * OP(name)          the intrinsic for it */
#define NAME(identifier) identifier##_f32
#define REAL             float
#define VEC              __m256
#define LANES            INT64_C(8)
#define OP(name)         _mm256_##name##_ps
#include "impls/avx2/real.inc"

#define NAME(identifier) identifier##_f64
#define REAL             double
#define VEC              __m256d
#define LANES            INT64_C(4)
#define OP(name)         _mm256_##name##_pd
#include "impls/avx2/real.inc"

static int has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
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

#else

static int has_avx2(void)
{
    return 0;
}

static int32_t run(const struct vjp_abi_call *call)
{
    (void)call;
    return VJP_ABI_UNSUPPORTED;
}

#endif

static int32_t supports(const struct vjp_abi_call *call, const char **reason)
{
    if (!has_avx2())
        *reason = needs;
    else if (!vjp_abi_every(call, vjp_abi_has_unit_rows))
        *reason = "takes tensors with contiguous rows only, not transposed";
    else
        return 1;
    return 0;
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

/* Vectors, tiles, blocks: of tile.inc, pack.inc and product.inc. */
static const int32_t tiles[] = {4, 6, 8, 16, 32, 36, 64, 256, 1024};

const struct vjp_abi_kernel vjp_avx2_linear = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS,
    .name = "linear",
    .layer = "linear",
    .summary = "AVX2 and FMA, threads; contiguous or padded rows",
    .n_models = sizeof models / sizeof models[0],
    .models = models,
    .supports = supports,
    .run = run,
    .n_tiles = sizeof tiles / sizeof tiles[0],
    .tiles = tiles,
};
