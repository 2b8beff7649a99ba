/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/order.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void expect_arithmetic(const struct vjp_order_tree *tree, const char *expected)
{
    char text[VJP_ORDER_ARITHMETIC_MAX];
    cr_expect_str_eq(vjp_order_arithmetic_text(tree, text, sizeof text), expected);
}

Test(order, arithmetic_in_words)
{
    struct vjp_order_tree t = {.arithmetic = {.accumulate = VJP_F32}};
    expect_arithmetic(&t, "f32");
    t.has_products = true;
    expect_arithmetic(&t, "f32, products rounded");
    t.fused = 3;
    expect_arithmetic(&t, "f32, fma");
    t.rounded = 4;
    expect_arithmetic(&t, "f32, some fma");
    t.arithmetic.products = VJP_ORDER_ALL_ROUNDED;
    expect_arithmetic(&t, "f32, products rounded");
    t.arithmetic = (struct vjp_order_arithmetic){
        .accumulate = VJP_F64, .products = VJP_ORDER_ALL_FUSED, .mixed = true};
    t.n_narrow = 5;
    expect_arithmetic(&t, "f64, fma, rounded 5 times on the way");
    t.arithmetic.mixed = false;
    t.arithmetic.rounding = VJP_ROUND_UP;
    expect_arithmetic(&t, "f64, fma, sums rounded up");
    t.arithmetic = (struct vjp_order_arithmetic){.accumulate = VJP_F64,
                                                 .products = VJP_ORDER_ALL_ROUNDED,
                                                 .rounding = VJP_ROUND_ZERO,
                                                 .nearest_products = true,
                                                 .nearest_result = true};
    expect_arithmetic(&t, "f64, products rounded to nearest, sums truncated, result to nearest");
}

static void expect_certificate(const struct vjp_order *order, const char *expected)
{
    char text[256];
    cr_expect_str_eq(vjp_order_certificate(order, text, sizeof text), expected);
}

/* All elements, or there is no certificate; of none there is none either. */
Test(order, certificates)
{
    struct vjp_order o = {.n_trees = 1};
    o.tree[0].replayed = true;
    expect_certificate(&o, "not certified");
    o.elements = 12;
    expect_certificate(&o, "not certified");
    o.certified = 11;
    expect_certificate(&o, "not certified: 11 of 12 elements have the bits of a replay");
    o.certified = 12;
    expect_certificate(&o, "certified: this order, nothing else (12 of 12 elements, bit for bit)");
    o.n_trees = 2;
    o.tree[1].replayed = true;
    expect_certificate(&o,
                       "certified: these orders, nothing else (12 of 12 elements, bit for bit)");
    o.tree[0].equal = 7;
    o.tree[0].arithmetic.rounding = VJP_ROUND_ZERO;
    expect_certificate(
        &o,
        "certified: these orders, sums truncated, nothing else (12 of 12 elements, bit for bit)");
    o.tree[1].equal = 5;
    expect_certificate(&o, "certified: these orders, sums rounded in several directions, nothing "
                           "else (12 of 12 elements, bit for bit)");
    strcpy(o.failure, "hung");
    expect_certificate(&o, "no answer: hung");
}

Test(order, what_was_not_replayed)
{
    struct vjp_order o = {.n_trees = 1, .elements = 2};
    strcpy(o.tree[0].why, "so");
    expect_certificate(&o, "not replayed: so");
    o.tree[0].revelation.outcome = VJP_REVEAL_NO_SWAMPING;
    expect_certificate(&o, "not certified");
}
