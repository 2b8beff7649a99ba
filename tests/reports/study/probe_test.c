/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/probe.h"

#include "reports/study/reveal.h"
#include "tests/reports/study/sums.h"

#include <criterion/criterion.h>

static struct vjp_error error;

static struct vjp_revelation reveal(const struct vjp_sum *sum)
{
    const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};
    struct vjp_revelation r;
    cr_assert_eq(vjp_reveal(sum, &scale, &r, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(r.outcome, VJP_REVEALED);
    return r;
}

static struct vjp_probe probe(const struct vjp_sum *sum)
{
    struct vjp_probe p;
    struct vjp_revelation r = reveal(sum);
    cr_assert_eq(vjp_probe_sum(sum, &r.tree, VJP_F32, &p, &error), VJP_OK);
    vjp_revelation_clear(&r);
    return p;
}

Test(probe, width_rounding_and_subnormals)
{
    KNOWN(sequential, 12);
    KNOWN(wide, 12);
    KNOWN(truncating, 12);
    KNOWN(flushing, 12);
    struct vjp_probe p = probe(&sequential);
    cr_expect_eq(p.precision, 24);
    cr_expect_eq(p.rounding, VJP_ROUNDING_NEAREST_EVEN);
    cr_expect_eq(p.subnormals, VJP_SUBNORMALS_KEPT);
    p = probe(&wide);
    cr_expect_eq(p.precision, 53);
    cr_expect_eq(p.rounding, VJP_ROUNDING_NEAREST_EVEN);
    p = probe(&truncating);
    cr_expect_eq(p.precision, 24);
    cr_expect_eq(p.rounding, VJP_ROUNDING_TRUNCATED);
    p = probe(&flushing);
    cr_expect_eq(p.precision, 24);
    cr_expect_eq(p.subnormals, VJP_SUBNORMALS_FLUSHED);
}

/* As the processor rounds. */
Test(probe, directions)
{
    static const struct {
        int mode;
        enum vjp_probed_rounding rounding;
    } modes[] = {{FE_TOWARDZERO, VJP_ROUNDING_TRUNCATED},
                 {FE_UPWARD, VJP_ROUNDING_UP},
                 {FE_DOWNWARD, VJP_ROUNDING_DOWN}};
    KNOWN(sequential, 12);
    KNOWN(lanes, 27);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        sequential_context.mode = lanes_context.mode = modes[i].mode;
        struct vjp_probe p = probe(&sequential);
        cr_expect_eq(p.precision, 24);
        cr_expect_eq(p.rounding, modes[i].rounding, "%zu", i);
        p = probe(&lanes);
        cr_expect_eq(p.precision, 24);
        cr_expect_eq(p.rounding, modes[i].rounding, "%zu", i);
    }
}

/* A quarter of f32's ulp at 1 is no number of f16: it is asked higher up. */
Test(probe, the_direction_of_a_wider_accumulator)
{
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD};
    static const enum vjp_probed_rounding roundings[] = {VJP_ROUNDING_NEAREST_EVEN,
                                                         VJP_ROUNDING_TRUNCATED, VJP_ROUNDING_UP};
    KNOWN(f16, 12);
    for (int i = 0; i < 3; i++) {
        struct vjp_probe p;
        struct vjp_revelation r = reveal(&f16);
        f16_context.mode = modes[i];
        cr_assert_eq(vjp_probe_sum(&f16, &r.tree, VJP_F16, &p, &error), VJP_OK);
        cr_expect_eq(p.precision, 24);
        cr_expect_eq(p.rounding, roundings[i], "%d: %s", i, vjp_probed_rounding_name(p.rounding));
        vjp_revelation_clear(&r);
    }
}

static int count_fused(const struct vjp_sum *sum, struct known *context, enum vjp_product *product)
{
    int fused = 0;
    int64_t calls = 0;
    struct vjp_revelation r = reveal(sum);
    context->factor = (float)vjp_probe_factor(VJP_F32);
    cr_assert_eq(vjp_probe_products(sum, &r.tree, VJP_F32, product, &calls, &error), VJP_OK);
    cr_expect_gt(calls, 0);
    for (int i = 0; i < sum->terms; i++)
        fused += product[i] == VJP_PRODUCT_FUSED;
    vjp_revelation_clear(&r);
    return fused;
}

Test(probe, which_products_are_fused)
{
    enum vjp_product product[32];
    KNOWN(sequential, 12);
    KNOWN(fma, 12);
    KNOWN(lanes, 19);
    KNOWN(wide, 12);
    cr_expect_eq(count_fused(&sequential, &sequential_context, product), 0);
    cr_expect_eq(count_fused(&fma, &fma_context, product), 11, "all but the first");
    cr_expect_eq(product[0], VJP_PRODUCT_ROUNDED);
    /* The second of each lane, and the rest of three; the first of a lane is added to 0. */
    cr_expect_eq(count_fused(&lanes, &lanes_context, product), 8 + 3);
    cr_expect_eq(product[7], VJP_PRODUCT_ROUNDED);
    cr_expect_eq(product[8], VJP_PRODUCT_FUSED);
    cr_expect_eq(product[18], VJP_PRODUCT_FUSED);
    cr_expect_eq(count_fused(&wide, &wide_context, product), 0);
    for (int i = 0; i < 3; i++) {
        static const int modes[] = {FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD};
        sequential_context.mode = fma_context.mode = lanes_context.mode = modes[i];
        sequential_context.factor = fma_context.factor = lanes_context.factor = 1;
        cr_expect_eq(count_fused(&sequential, &sequential_context, product), 0, "%d", i);
        cr_expect_eq(count_fused(&fma, &fma_context, product), 11, "%d", i);
        cr_expect_eq(count_fused(&lanes, &lanes_context, product), 8 + 3, "%d", i);
    }
}
