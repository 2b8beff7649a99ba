/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_examine.h"

#include "tests/reports/cli/order_scene.h"
#include "tests/reports/cli/planted.h"

static struct vjp_order examine(const char *act, struct order_scene *s)
{
    struct planted planted;
    struct vjp_order order = {0};
    struct vjp_error error = {""};
    planted_open(&planted, act, "", 0);
    cr_assert_eq(vjp_order_examine(&planted.target, 0, &s->q, &order, &error), VJP_OK, "%s",
                 error.text);
    planted_close(&planted);
    return order;
}

#define LINE "linear dtype=f32 N=2 D=2 M=6"

/* A loop in double, whose sum is rounded at the end. */
Test(order_examine, a_loop_in_double)
{
    struct order_scene s;
    order_scene_open(&s, LINE, X);
    cr_expect(vjp_order_is_sum(&s.q, 0));
    struct vjp_order o = examine("answer();", &s);
    cr_assert_eq(o.n_trees, 1);
    cr_expect_str_eq(o.failure, "");
    cr_expect_str_eq(o.tree[0].element, "dx[0,0]");
    cr_expect_str_eq(o.tree[0].text, "[0..5]");
    cr_expect_str_eq(o.tree[0].name, "sequential");
    cr_expect_eq(o.tree[0].probe.precision, 53);
    cr_expect_eq(o.tree[0].arithmetic.accumulate, VJP_F64);
    cr_expect_eq(o.elements, 4);
    cr_expect_eq(o.certified, 4);
    cr_expect_gt(o.calls, 5);
    vjp_order_clear(&o);
    /* What is asked with is as it was. */
    for (int64_t i = 0; i < s.ones.slot[DY].count; i++)
        cr_expect_eq(element(&s.ones, DY, i), 1);
    order_scene_close(&s);
}

/* The second row the other way round: two trees, each certified for its own elements. */
Test(order_examine, two_orders_in_one_gradient)
{
    struct order_scene s;
    order_scene_open(&s, LINE, X);
    struct vjp_order o =
        examine("answer(); for (int64_t d = 0; d < 2; d++) { volatile float a[2] = {0, 0}; "
                "for (int64_t m = 0; m < 6; m++) "
                "a[0] += (float)get(IN(\"dy\"), 0, m) * (float)get(IN(\"w\"), d, m); "
                "for (int64_t m = 5; m >= 0; m--) "
                "a[1] += (float)get(IN(\"dy\"), 1, m) * (float)get(IN(\"w\"), d, m); "
                "put(OUT(\"dx\"), 0, d, a[0]); put(OUT(\"dx\"), 1, d, a[1]); }",
                &s);
    cr_assert_eq(o.n_trees, 2, "%d", o.n_trees);
    cr_expect_str_eq(o.tree[0].text, "[0..5]");
    cr_expect_str_eq(o.tree[1].text, "[5..0]");
    cr_expect_eq(o.certified, 4);
    vjp_order_clear(&o);
    order_scene_close(&s);
}

/* What crashes has no order, and says so. */
Test(order_examine, a_kernel_that_does_not_answer)
{
    struct order_scene s;
    order_scene_open(&s, LINE, X);
    struct vjp_order o = examine("abort();", &s);
    cr_expect_eq(o.n_trees, 0);
    cr_expect_eq(o.certified, 0);
    cr_expect_eq(strncmp(o.failure, "crashed", 7), 0, "%s", o.failure);
    vjp_order_clear(&o);
    order_scene_close(&s);
}

/* Sums over the terms of each of the four elements: from, a's type, what is done with the product p q. */
#define LOOP(from, type, add) LOOP_OF("6", from, type, add)
#define LOOP_OF(terms, from, type, add)                                                            \
    "for (int n = 0; n < 2; n++) for (int d = 0; d < 2; d++) { const DLTensor *o = OUT(\"dx\"); "  \
    "float *at = F(o) + n * o->strides[0] + d * o->strides[1]; volatile " type " a = " from "; "   \
    "for (int m = 0; m < " terms "; m++) { " type                                                  \
    " p = get(IN(\"dy\"), n, m), q = get(IN(\"w\"), d, m); " add "} *at = (float)a"

/* A loop in f32 that begins with what the output held, fused or not, and one that adds it at the end: in double, the
 * product beside it is whole. */
Test(order_examine, what_the_output_held_is_a_term)
{
    static const struct {
        const char *act, *tree;
        int precision, fused;
    } loops[] = {
        {LOOP("*at", "float", "volatile float r = p * q; a += r; ") "; }", "[6,0..5]", 24, 0},
        {LOOP("*at", "float", "a = fmaf(p, q, a); ") "; }", "[6,0..5]", 24, 6},
        {LOOP("0", "float", "volatile float r = p * q; a += r; ") " + *at; }", "[0..6]", 24, 0},
        {LOOP("*at", "double", "a += p * q; ") "; }", "[6,0..5]", 53, 0},
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        struct order_scene s;
        order_scene_open(&s, LINE " accumulate=1", X);
        struct vjp_order o = examine(loops[i].act, &s);
        cr_assert_eq(o.n_trees, 1, "%zu: %s", i, o.failure);
        cr_expect_str_eq(o.tree[0].text, loops[i].tree, "%zu: %s %s", i, o.tree[0].text,
                         o.tree[0].name);
        cr_expect_eq(o.tree[0].probe.precision, loops[i].precision, "%zu", i);
        cr_expect_eq(o.tree[0].fused, loops[i].fused, "%zu: %d", i, o.tree[0].fused);
        cr_expect(o.elements == 4 && o.certified == 4, "%zu: %d", i, (int)o.certified);
        vjp_order_clear(&o);
        order_scene_close(&s);
    }
}

/* Kernels that round in another direction: by the processor's mode, or by what they do to the bits of a double. The
 * products of the last but one are added whole and the sum is cut, as fma does toward zero. */
Test(order_examine, sums_that_are_not_rounded_to_nearest)
{
#define CUT           "uint64_t u; memcpy(&u, &t, 8); u &= ~0x1fffffffull; memcpy(&t, &u, 8); a = (float)t; "
#define IN(mode, act) "fesetround(" mode "); " act "; fesetround(FE_TONEAREST);"
    static const struct {
        const char *act, *arithmetic, *certificate;
    } loops[] = {
        {IN("FE_TOWARDZERO", LOOP("0", "float", "volatile float r = p * q; a += r; ") "; }"),
         "f32, products rounded, sums truncated", "certified: this order, sums truncated, "},
        {IN("FE_TOWARDZERO", LOOP("0", "float", "a = fmaf(p, q, a); ") "; }"),
         "f32, fma, sums truncated", "certified: this order, sums truncated, "},
        {IN("FE_TOWARDZERO", LOOP("0", "double", "a += p * q; ") "; }"),
         "f64, products rounded, sums truncated", "certified: this order, sums truncated, "},
        {LOOP("0", "double",
              "fesetround(FE_TOWARDZERO); a += p * q; fesetround(FE_TONEAREST); ") "; }",
         "f64, products rounded, sums truncated, result to nearest",
         "certified: this order, sums truncated, "},
        {IN("FE_UPWARD", LOOP("0", "float", "volatile float r = p * q; a += r; ") "; }"),
         "f32, products rounded, sums rounded up", "certified: this order, sums rounded up, "},
        {IN("FE_DOWNWARD", LOOP("0", "float", "a = fmaf(p, q, a); ") "; }"),
         "f32, fma, sums rounded down", "certified: this order, sums rounded down, "},
        {LOOP("0", "float", "double t = (double)a + (double)p * q; " CUT) "; }",
         "f32, fma, sums truncated", "certified: this order, sums truncated, "},
        {LOOP("0", "float", "volatile float r = p * q; double t = (double)a + r; " CUT) "; }",
         "f32, products rounded to nearest, sums truncated",
         "certified: this order, sums truncated, "},
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        struct order_scene s;
        char text[256];
        order_scene_open(&s, LINE, X);
        struct vjp_order o = examine(loops[i].act, &s);
        cr_assert_eq(o.n_trees, 1, "%zu: %d trees %s", i, o.n_trees, o.failure);
        cr_expect_str_eq(o.tree[0].text, "[0..5]", "%zu", i);
        cr_expect_str_eq(vjp_order_arithmetic_text(&o.tree[0], text, sizeof text),
                         loops[i].arithmetic, "%zu: %s", i, text);
        vjp_order_certificate(&o, text, sizeof text);
        cr_expect_eq(strncmp(text, loops[i].certificate, strlen(loops[i].certificate)), 0,
                     "%zu: %s", i, text);
        vjp_order_clear(&o);
        order_scene_close(&s);
    }
}

/* Its order is revealed; its arithmetic is none that there is: every other sum is truncated. Of 24 terms, since the four
 * sums of 6 have the bits of a replay by chance with nearly every other seed. */
Test(order_examine, truncation_by_turns_is_not_certified)
{
    struct order_scene s;
    char text[256];
    order_scene_open(&s, "linear dtype=f32 N=2 D=2 M=24", X);
    struct vjp_order o = examine(
        LOOP_OF("24", "0", "float",
                "volatile float r = p * q; fesetround(m & 1 ? FE_TOWARDZERO : FE_TONEAREST); "
                "a += r; fesetround(FE_TONEAREST); ") "; }",
        &s);
    cr_assert_geq(o.n_trees, 1, "%s", o.failure);
    cr_expect_str_eq(o.tree[0].text, "[0..23]");
    cr_expect_eq(o.tree[0].probe.rounding, VJP_ROUNDING_TRUNCATED);
    cr_expect_lt(o.certified, o.elements);
    vjp_order_certificate(&o, text, sizeof text);
    cr_expect_eq(strncmp(text, "not certified", 13), 0, "%s", text);
    vjp_order_clear(&o);
    order_scene_close(&s);
}
