/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_replay.h"

#include "tests/cases/lines.h"

#include <stdlib.h>

#define LINE "linear dtype=f32 N=1 D=3 M=5 x=[1,1,1] w=normal dy=normal"
enum { TERMS = 5, ELEMENTS = 3 };

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_order_terms terms;
    struct vjp_tensor got;
    struct vjp_order_tree tree;
    char state[ELEMENTS];
    int64_t certified;
    struct vjp_order_replayer r;
};

/* The tree of a loop, and what a loop gives that rounds its products, or does not. */
static void start(struct scene *s, bool fused)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {1, ELEMENTS}};
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(LINE), .data = generate_line(LINE)};
    cr_assert_eq(vjp_order_terms_find(&s->c, &s->data, X, &s->terms, &error), VJP_OK);
    cr_assert_eq(vjp_tensor_init(&s->got, VJP_F32, &shape, &error), VJP_OK);
    for (int d = 0; d < ELEMENTS; d++) {
        volatile float sum = 0;
        for (int m = 0; m < TERMS; m++) {
            const float w = (float)element(&s->data, W, d * TERMS + m);
            const float dy = (float)element(&s->data, DY, m);
            const volatile float product = dy * w;
            sum = fused ? __builtin_fmaf(dy, w, sum) : sum + product;
        }
        vjp_tensor_set(&s->got, d, vjp_bits_from_double(VJP_F32, (double)sum));
    }
    cr_assert_eq(vjp_tree_init(&s->tree.revelation.tree, TERMS, &error), VJP_OK);
    int node = 0;
    for (int m = 1; m < TERMS; m++)
        node = vjp_tree_join(&s->tree.revelation.tree, node, m);
    vjp_tree_finish(&s->tree.revelation.tree, node);
    s->tree.has_products = true;
    s->r = (struct vjp_order_replayer){.c = &s->c,
                                       .slot = DX,
                                       .drawn = &s->terms,
                                       .random = &s->data,
                                       .got = &s->got,
                                       .declared = VJP_F32,
                                       .state = s->state,
                                       .certified = &s->certified};
}

static void replay(struct scene *s)
{
    const enum vjp_product product[TERMS] = {VJP_PRODUCT_UNKNOWN, VJP_PRODUCT_UNKNOWN,
                                             VJP_PRODUCT_UNKNOWN, VJP_PRODUCT_UNKNOWN,
                                             VJP_PRODUCT_UNKNOWN};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_order_replay(&s->r, &s->tree, product, 0, &error), VJP_OK, "%s", error.text);
}

static void end(struct scene *s)
{
    vjp_tree_clear(&s->tree.revelation.tree);
    vjp_tensor_clear(&s->got);
    vjp_order_terms_clear(&s->terms);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

Test(order_replay, a_loop_is_explained_with_its_arithmetic)
{
    for (int fused = 0; fused < 2; fused++) {
        struct scene s;
        start(&s, fused);
        replay(&s);
        cr_expect(s.tree.replayed);
        cr_expect_eq(s.certified, ELEMENTS, "%d: %s", fused, s.tree.differs);
        cr_expect_eq(s.tree.equal, ELEMENTS);
        cr_expect_eq(s.tree.arithmetic.accumulate, VJP_F32);
        cr_expect_eq(s.tree.arithmetic.products == VJP_ORDER_ALL_FUSED, fused);
        for (int i = 0; i < ELEMENTS; i++)
            cr_expect_eq(s.state[i], VJP_ORDER_EQUAL);
        end(&s);
    }
}

/* One bit in one element, too far up for any arithmetic: it is not certified, and the others are. */
Test(order_replay, one_bit_off)
{
    struct scene s;
    start(&s, false);
    vjp_tensor_set(&s.got, 1, vjp_tensor_get(&s.got, 1) ^ 0x100);
    replay(&s);
    cr_expect_eq(s.certified, ELEMENTS - 1);
    cr_expect_not_null(strstr(s.tree.differs, "dx[0,1] is "), "%s", s.tree.differs);
    cr_expect_eq(s.state[1], VJP_ORDER_OPEN, "another tree may explain it");
    end(&s);
}

/* Where not even the element itself is explained, nothing like it is asked again. */
Test(order_replay, another_order)
{
    struct scene s;
    start(&s, false);
    for (int i = 0; i < ELEMENTS; i++)
        vjp_tensor_set(&s.got, i, vjp_tensor_get(&s.got, i) ^ 0x100);
    replay(&s);
    cr_expect_eq(s.certified, 0);
    for (int i = 0; i < ELEMENTS; i++)
        cr_expect_eq(s.state[i], VJP_ORDER_DIFFERS);
    end(&s);
}

Test(order_replay, what_cannot_be_replayed)
{
    struct scene s;
    start(&s, false);
    s.tree.revelation.outcome = VJP_REVEAL_NO_SWAMPING;
    replay(&s);
    cr_expect_not(s.tree.replayed);
    cr_expect_str_eq(s.tree.why, "the order is not known");
    cr_expect_eq(s.certified, 0);
    end(&s);
    start(&s, false);
    s.terms.known = false;
    replay(&s);
    cr_expect_not(s.tree.replayed);
    cr_expect(s.tree.why[0]);
    end(&s);
}
