/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The processor rounds in every direction, too: it is asked, for the same numbers. */
#include "reports/study/rounded.h"

#include "cases/base/stream.h"

#include <criterion/criterion.h>
#include <fenv.h>
#include <math.h>

static const struct {
    enum vjp_rounding rounding;
    int mode;
} directions[] = {{VJP_ROUND_NEAREST, FE_TONEAREST},
                  {VJP_ROUND_ZERO, FE_TOWARDZERO},
                  {VJP_ROUND_UP, FE_UPWARD},
                  {VJP_ROUND_DOWN, FE_DOWNWARD}};
#define FOR_DIRECTIONS(d) for (int d = 0; d < 4; d++)

/* What the processor makes of a, b and c in a mode; volatile, so that nothing is computed in another. */
struct computed {
    volatile double a, b, c, sum, product, fused, narrow;
    volatile float narrow_sum, narrow_product, narrow_fused;
};

static void compute(struct computed *x, int mode)
{
    const volatile float a = (float)x->a;
    const volatile float b = (float)x->b;
    const volatile float c = (float)x->c;
    fesetround(mode);
    x->sum = x->a + x->c;
    x->product = x->a * x->b;
    x->fused = fma(x->a, x->b, x->c);
    x->narrow = (double)(float)x->a;
    x->narrow_sum = a + c;
    x->narrow_product = a * b;
    x->narrow_fused = fmaf(a, b, c);
    fesetround(FE_TONEAREST);
}

static void expect(enum vjp_dtype dtype, double got, double want, int d, const struct computed *x)
{
    cr_expect_eq(vjp_double_bits(got), vjp_double_bits(want), "%s %d: %a %a %a: %a, want %a",
                 vjp_format(dtype)->name, d, x->a, x->b, x->c, got, want);
}

/* Numbers of f32 or more bits, up to 2^80 apart, so that exact results have up to 180 bits. */
static double draw(uint64_t *state, bool single)
{
    *state = vjp_mix64(*state + 1);
    const double value = (double)(int64_t)*state * 0x1p-63;
    *state = vjp_mix64(*state + 1);
    return ldexp(single ? (double)(float)value : value, (int)(*state % 41) - 20);
}

Test(rounded, as_the_processor_rounds_doubles)
{
    uint64_t state = 1;
    for (int i = 0; i < 4000; i++) {
        struct computed x = {.a = draw(&state, false), .b = draw(&state, false)};
        x.c = i % 3 == 0 ? -x.a * x.b : draw(&state, false);
        FOR_DIRECTIONS(d)
        {
            const enum vjp_rounding r = directions[d].rounding;
            compute(&x, directions[d].mode);
            expect(VJP_F64, vjp_rounded_sum(VJP_F64, r, x.a, x.c), x.sum, d, &x);
            expect(VJP_F64, vjp_rounded_product(VJP_F64, r, x.a, x.b), x.product, d, &x);
            expect(VJP_F64, vjp_rounded_fma(VJP_F64, r, x.a, x.b, x.c), x.fused, d, &x);
            expect(VJP_F32, vjp_rounded(VJP_F32, r, x.a), x.narrow, d, &x);
        }
    }
}

Test(rounded, as_the_processor_rounds_floats)
{
    uint64_t state = 2;
    for (int i = 0; i < 4000; i++) {
        struct computed x = {.a = draw(&state, true), .b = draw(&state, true)};
        x.c = i % 3 == 0 ? (double)-(float)(x.a * x.b) : draw(&state, true);
        FOR_DIRECTIONS(d)
        {
            const enum vjp_rounding r = directions[d].rounding;
            compute(&x, directions[d].mode);
            expect(VJP_F32, vjp_rounded_sum(VJP_F32, r, x.a, x.c), (double)x.narrow_sum, d, &x);
            expect(VJP_F32, vjp_rounded_product(VJP_F32, r, x.a, x.b), (double)x.narrow_product, d,
                   &x);
            expect(VJP_F32, vjp_rounded_fma(VJP_F32, r, x.a, x.b, x.c), (double)x.narrow_fused, d,
                   &x);
        }
    }
}

/* Zeros, ties, ends of the range: IEEE 754-2019, 4.3 and 6.3. */
Test(rounded, at_the_ends)
{
    static const double values[] = {0,         1,        -1,        0x1p-60,  -0x1p-60, 0x1p-149,
                                    -0x1p-150, 0x1p-160, 0x1p127,   -0x1p127, 0x1p128,  -0x1p128,
                                    0x1p200,   0x1p-24,  -0x1.8p0f, INFINITY};
    enum { N = sizeof values / sizeof *values };
    for (int i = 0; i < N * N; i++) {
        struct computed x = {.a = values[i / N], .c = values[i % N]};
        FOR_DIRECTIONS(d)
        {
            const enum vjp_rounding r = directions[d].rounding;
            compute(&x, directions[d].mode);
            if (isinf(x.a) && isinf(x.c))
                continue;
            expect(VJP_F64, vjp_rounded_sum(VJP_F64, r, x.a, x.c), x.sum, d, &x);
            expect(VJP_F32, vjp_rounded(VJP_F32, r, x.a), x.narrow, d, &x);
        }
    }
}

/* bf16 is the upper half of f32, so that cutting it off is rounding toward zero. */
Test(rounded, formats_that_the_processor_lacks)
{
    uint64_t state = 3;
    for (int i = 0; i < 4000; i++) {
        const float a = (float)draw(&state, true);
        uint32_t bits;
        memcpy(&bits, &a, sizeof bits);
        const double toward_zero = vjp_bits_to_double(VJP_F32, bits & 0xffff0000);
        const double away = vjp_bits_to_double(VJP_F32, (bits & 0xffff0000) + 0x10000);
        const double got = vjp_rounded(VJP_BF16, VJP_ROUND_ZERO, (double)a);
        cr_expect_eq(got, toward_zero, "%a: %a", (double)a, got);
        if ((bits & 0xffff) == 0)
            continue;
        cr_expect_eq(vjp_rounded(VJP_BF16, VJP_ROUND_UP, (double)a), a > 0 ? away : toward_zero);
        cr_expect_eq(vjp_rounded(VJP_BF16, VJP_ROUND_DOWN, (double)a), a > 0 ? toward_zero : away);
    }
    /* The largest of f16, and its least. */
    cr_expect_eq(vjp_rounded(VJP_F16, VJP_ROUND_ZERO, 1e9), 65504);
    cr_expect_eq(vjp_rounded(VJP_F16, VJP_ROUND_DOWN, -1e9), -INFINITY);
    cr_expect_eq(vjp_rounded(VJP_F16, VJP_ROUND_UP, 1e-30), 0x1p-24);
    cr_expect_eq(vjp_rounded(VJP_F16, VJP_ROUND_DOWN, -1e-30), -0x1p-24);
    cr_expect_eq(vjp_rounded(VJP_F16, VJP_ROUND_DOWN, 1e-30), 0);
}
