/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include <criterion/criterion.h>
#include <string.h>

enum { X, W, B, DY, DX, DW, DB };

static struct vjp_case new_case(int64_t n, int64_t d, int64_t m)
{
    struct vjp_case c = {0};
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), VJP_F32, NULL), VJP_OK);
    c.dim[0] = n;
    c.dim[1] = d;
    c.dim[2] = m;
    c.attr[0] = 1;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    return c;
}

Test(layout, strides_and_extents_are_those_of_the_definition)
{
    static const struct {
        int64_t n, d, ld_pad;
        bool trans;
        int64_t stride0, stride1, extent;
    } known[] = {
        {2, 3, 0, false, 3, 1, 6}, {2, 3, 4, false, 7, 1, 10}, /* the last row's padding is not touched */
        {2, 3, 0, true, 1, 2, 6},  {2, 3, 4, true, 1, 6, 14}, /* three stored rows of two */
        {1, 3, 4, false, 7, 1, 3}, {1, 1, 0, false, 1, 1, 1},  {0, 3, 4, false, 7, 1, 0},
        {2, 0, 4, false, 5, 1, 0}, {2, 0, 0, true, 1, 2, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_case c = new_case(known[i].n, known[i].d, 1);
        int64_t strides[VJP_RANK_MAX];
        int64_t extent = -1;
        c.slot[X].layout.ld_pad = known[i].ld_pad;
        c.slot[X].layout.trans = known[i].trans;
        cr_expect_eq(vjp_case_slot_strides(&c, X, strides, &extent, NULL), VJP_OK);
        cr_expect_eq(strides[0], known[i].stride0, "row %zu", i);
        cr_expect_eq(strides[1], known[i].stride1, "row %zu", i);
        cr_expect_eq(extent, known[i].extent, "row %zu", i);
        vjp_case_clear(&c);
    }
}

Test(layout, gradients_and_vectors_have_a_layout_of_their_own)
{
    struct vjp_case c = new_case(2, 3, 5);
    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    c.slot[DX].layout.ld_pad = 1;
    cr_expect_eq(vjp_case_slot_strides(&c, DX, strides, &extent, NULL), VJP_OK);
    cr_expect_eq(strides[0], 4);
    cr_expect_eq(vjp_case_slot_strides(&c, X, strides, &extent, NULL), VJP_OK);
    cr_expect_eq(strides[0], 3);
    cr_expect_eq(vjp_case_slot_strides(&c, DB, strides, &extent, NULL), VJP_OK);
    cr_expect_eq(strides[0], 1);
    cr_expect_eq(extent, 5);
    vjp_case_clear(&c);
}

/* The limit is 2^38 bytes: 2^36 elements of f32. */
Test(layout, storage_up_to_the_limit_and_not_beyond)
{
    struct vjp_case c = new_case(INT64_C(1) << 18, INT64_C(1) << 18, 1);
    int64_t strides[VJP_RANK_MAX];
    int64_t extent = -1;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_case_slot_strides(&c, X, strides, &extent, NULL), VJP_OK);
    cr_expect_eq(extent, INT64_C(1) << 36);
    c.slot[X].layout.ld_pad = 1;
    strides[0] = extent = -1;
    cr_expect_eq(vjp_case_slot_strides(&c, X, strides, &extent, &error), VJP_ERR_LIMIT);
    cr_expect_eq(extent, -1);
    cr_expect_eq(strides[0], -1);
    cr_expect_eq(strncmp(error.text, "x: 262144x262144 elements of f32, 1 more after each row", 55),
                 0, "%s", error.text);
    vjp_case_clear(&c);
}

/* A spec with large rank, for products of sizes that are no int64_t. */
static bool has_every(const struct vjp_case *c, int i)
{
    return c != NULL && i >= 0;
}

static void cube(const struct vjp_case *c, int i, struct vjp_shape *out, int axis_dim[VJP_RANK_MAX])
{
    (void)i;
    out->rank = 4;
    for (int d = 0; d < 4; d++) {
        out->dim[d] = c->dim[d == 0 ? 0 : 1];
        axis_dim[d] = d == 0 ? 0 : 1;
    }
}

static int64_t one_term(const struct vjp_case *c)
{
    return c != NULL;
}

static const struct vjp_spec deep = {.name = "deep",
                                     .n_dims = 2,
                                     .dim = {"N", "D"},
                                     .n_inputs = 1,
                                     .input = {{.name = "x", .differentiable = true}},
                                     .output = "y",
                                     .has_input = has_every,
                                     .shape = cube,
                                     .reduction = one_term};

Test(layout, padding_follows_the_innermost_dimension_at_any_rank)
{
    struct vjp_case c = {0};
    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    cr_assert_eq(vjp_case_init(&c, &deep, VJP_F64, NULL), VJP_OK);
    c.dim[0] = 2;
    c.dim[1] = 3;
    c.slot[0].layout.ld_pad = 2;
    cr_expect_eq(vjp_case_slot_strides(&c, 0, strides, &extent, NULL), VJP_OK);
    cr_expect_eq(strides[3], 1);
    cr_expect_eq(strides[2], 5);
    cr_expect_eq(strides[1], 15);
    cr_expect_eq(strides[0], 45);
    cr_expect_eq(extent, 1 + 45 + 2 * 15 + 2 * 5 + 2);
    vjp_case_clear(&c);
}

Test(layout, overflow_of_a_stride_is_a_limit_even_for_an_empty_tensor)
{
    struct vjp_case c = {0};
    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    cr_assert_eq(vjp_case_init(&c, &deep, VJP_F64, NULL), VJP_OK);
    c.dim[1] = INT64_C(1) << 32;
    for (c.dim[0] = 0; c.dim[0] < 2; c.dim[0]++)
        cr_expect_eq(vjp_case_slot_strides(&c, 0, strides, &extent, NULL), VJP_ERR_LIMIT);
    vjp_case_clear(&c);
}

/* x is 2 x 3; what is expanded has room for one row, column or element, behind which the padding begins. */
Test(layout, what_is_expanded_has_strides_of_zero)
{
    static const struct {
        uint32_t expand;
        int64_t ld_pad;
        bool trans;
        int64_t stride0, stride1, extent;
    } known[] = {
        {1, 0, false, 0, 1, 3}, {2, 0, false, 1, 0, 2}, {3, 0, false, 0, 0, 1},
        {2, 4, false, 5, 0, 6}, {1, 0, true, 0, 1, 3},  {2, 4, true, 1, 0, 2},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_case c = new_case(2, 3, 1);
        int64_t strides[VJP_RANK_MAX];
        int64_t extent = -1;
        c.slot[X].layout = (struct vjp_layout){.ld_pad = known[i].ld_pad,
                                               .align = -1,
                                               .trans = known[i].trans,
                                               .expand = known[i].expand};
        cr_expect_eq(vjp_case_slot_strides(&c, X, strides, &extent, NULL), VJP_OK);
        cr_expect_eq(strides[0], known[i].stride0, "row %zu", i);
        cr_expect_eq(strides[1], known[i].stride1, "row %zu", i);
        cr_expect_eq(extent, known[i].extent, "row %zu", i);
        vjp_case_clear(&c);
    }
}
