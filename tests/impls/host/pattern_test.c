/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/pattern.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

Test(pattern, canaries_are_nan_and_differ)
{
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        const uint64_t in = vjp_pattern_canary(dtype, false);
        const uint64_t out = vjp_pattern_canary(dtype, true);
        const uint64_t quiet = vjp_bits_quiet_nan(dtype) & ~vjp_bits_infinity(dtype, false);
        cr_expect(vjp_bits_is_nan(dtype, in));
        cr_expect(vjp_bits_is_nan(dtype, out));
        cr_expect_neq(in, out);
        cr_expect(in & quiet, "the canary of inputs is quiet");
        cr_expect_not(out & quiet, "the canary of outputs signals");
        cr_expect_neq(in, out | quiet, "and is another when quiet");
        cr_expect_neq(in, vjp_bits_quiet_nan(dtype), "and none is what arithmetic makes");
    }
}

/* Nobody's index, nobody's mask, and no infinite distance away from the table. */
Test(pattern, canaries_of_integers_are_far_indices)
{
    const double in = vjp_bits_to_double(VJP_I32, vjp_pattern_canary(VJP_I32, false));
    const double out = vjp_bits_to_double(VJP_I32, vjp_pattern_canary(VJP_I32, true));
    cr_expect_gt(in, 1e7);
    cr_expect_lt(in * 1500, 0x1p34);
    cr_expect_gt(out, 1e7);
    cr_expect_neq(in, out);
    cr_expect_neq(vjp_pattern_finite(VJP_I32), vjp_pattern_canary(VJP_I32, true));
}

Test(pattern, the_finite_pattern_is_about_25_7)
{
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        const double value = vjp_bits_to_double(dtype, vjp_pattern_finite(dtype));
        cr_expect_lt(fabs(value - 25.7), 0.1, "%g", value);
        cr_expect_neq(value * 4, floor(value * 4));
    }
}

Test(pattern, spreading_repeats_the_element_and_one_changed_byte_is_seen)
{
    for (int d = 0; d <= VJP_I32; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        const uint64_t element = vjp_pattern_canary(dtype, true);
        _Alignas(8) unsigned char block[96];
        vjp_pattern_spread(dtype, element, block, sizeof block);
        for (int i = 0; i < (int)sizeof block / vjp_format(dtype)->bytes; i++)
            cr_expect_eq(vjp_bits_load(dtype, block, i), element);
        cr_expect(vjp_pattern_is_spread(dtype, element, block, sizeof block));
        cr_expect(vjp_pattern_is_spread(dtype, element, block, 8));
        cr_expect(vjp_pattern_is_spread(dtype, element, block, 0));
        cr_expect_not(vjp_pattern_is_spread(dtype, vjp_pattern_finite(dtype), block, 8));
        for (size_t i = 0; i < sizeof block; i++) {
            block[i] ^= 0x10;
            cr_expect_not(vjp_pattern_is_spread(dtype, element, block, sizeof block), "byte %d",
                          (int)i);
            block[i] ^= 0x10;
        }
    }
}
