/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "tests/cases/spec/sample.h"

#include <math.h>
#include <stdio.h>

enum { X, W, B, DY, DX, DW, DB };

static struct vjp_case new_case(void)
{
    struct vjp_case c = {0};
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), VJP_F32, NULL), VJP_OK);
    return c;
}

Test(case, a_new_case_is_valid_and_small)
{
    struct vjp_case c = new_case();
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    cr_expect_eq(c.dim[0], 1);
    cr_expect_eq(c.dim[1], 1);
    cr_expect_eq(c.dim[2], 1);
    cr_expect_eq(c.threads, 1);
    cr_expect_eq(c.seed, 0);
    cr_expect_str_eq(c.slot[X].text, "normal");
    cr_expect_str_eq(c.slot[W].text, "normal");
    cr_expect_str_eq(c.slot[DY].text, "normal");
    cr_expect_null(c.slot[B].text);
    cr_expect_null(c.slot[DX].text);
    cr_expect_eq(c.slot[X].layout.align, -1);
    vjp_case_clear(&c);
}

Test(case, the_bias_and_its_gradient_take_part_with_bias_1_only)
{
    struct vjp_case c = new_case();
    cr_expect_not(vjp_case_has_slot(&c, B));
    cr_expect_not(vjp_case_has_slot(&c, DB));
    c.attr[0] = 1;
    for (int slot = X; slot <= DB; slot++)
        cr_expect(vjp_case_has_slot(&c, slot));
    vjp_case_clear(&c);
}

Test(case, a_gradient_that_is_not_asked_for_takes_no_part)
{
    struct vjp_case c = new_case();
    c.left_out = 1 << X | 1 << B;
    c.accumulate = true;
    c.slot[DX].layout.ld_pad = 3;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(c.left_out, 1 << X, "b has no gradient that could be left out");
    cr_expect(vjp_case_has_slot(&c, X) && !vjp_case_has_slot(&c, DX) && vjp_case_has_slot(&c, DW));
    cr_expect(vjp_case_could_ask(&c, X) && !vjp_case_has_gradient(&c, X));
    cr_expect(vjp_case_has_gradient(&c, W) && !vjp_case_could_ask(&c, B));
    cr_expect(!c.slot[DX].text && c.slot[DW].text && c.slot[DX].layout.ld_pad == 0);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    vjp_case_clear(&c);
}

Test(case, gradients_have_values_under_accumulate_only)
{
    struct vjp_case c = new_case();
    cr_expect(vjp_case_has_values(&c, X));
    cr_expect(vjp_case_has_values(&c, DY));
    cr_expect_not(vjp_case_has_values(&c, DX));
    c.accumulate = true;
    cr_expect(vjp_case_has_values(&c, DX));
    cr_expect(vjp_case_has_values(&c, DW));
    cr_expect_not(vjp_case_has_values(&c, DB));
    vjp_case_clear(&c);
}

Test(case, settling_gives_and_takes_values_and_layouts)
{
    struct vjp_case c = new_case();
    c.attr[0] = 1;
    c.accumulate = true;
    cr_expect_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_str_eq(c.slot[B].text, "normal");
    cr_expect_str_eq(c.slot[DB].text, "normal");
    cr_expect_eq(vjp_case_set_values(&c, X, "uniform:2", NULL), VJP_OK);
    c.slot[DB].layout.align = 4;
    c.slot[DX].layout.align = 8;
    c.attr[0] = 0;
    c.accumulate = false;
    cr_expect_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_str_eq(c.slot[X].text, "uniform:2");
    cr_expect_null(c.slot[B].text);
    cr_expect_null(c.slot[DX].text);
    cr_expect_eq(c.slot[DB].layout.align, -1, "an absent slot lies nowhere");
    cr_expect_eq(c.slot[DX].layout.align, 8, "a present one keeps its place");
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    vjp_case_clear(&c);
}

Test(case, shapes_of_slots_follow_from_the_dimensions)
{
    static const struct {
        int slot, rank;
        int64_t dim[2];
    } expected[] = {{X, 2, {2, 3}},  {W, 2, {3, 5}},  {B, 1, {5}}, {DY, 2, {2, 5}},
                    {DX, 2, {2, 3}}, {DW, 2, {3, 5}}, {DB, 1, {5}}};
    struct vjp_case c = new_case();
    c.dim[0] = 2;
    c.dim[1] = 3;
    c.dim[2] = 5;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct vjp_shape shape;
        vjp_case_slot_shape(&c, expected[i].slot, &shape);
        cr_assert_eq(shape.rank, expected[i].rank);
        for (int d = 0; d < shape.rank; d++)
            cr_expect_eq(shape.dim[d], expected[i].dim[d], "slot %d", expected[i].slot);
    }
    vjp_case_clear(&c);
}

Test(case, attributes_are_found_by_name)
{
    struct vjp_case c = new_case();
    cr_expect_eq(vjp_case_attr(&c, "bias"), 0);
    c.attr[0] = 1;
    cr_expect_eq(vjp_case_attr(&c, "bias"), 1);
    vjp_case_clear(&c);
}

Test(case, a_copy_is_equal_and_independent)
{
    struct vjp_case c = new_case();
    struct vjp_case copy;
    cr_expect_eq(vjp_case_set_values(&c, W, "[2]", NULL), VJP_OK);
    cr_assert_eq(vjp_case_copy(&copy, &c, NULL), VJP_OK);
    cr_expect(vjp_case_is_equal(&c, &copy));
    cr_expect_neq(c.slot[W].text, copy.slot[W].text);
    vjp_case_clear(&c);
    cr_expect_str_eq(copy.slot[W].text, "[2]");
    vjp_case_clear(&copy);
}

static void change(struct vjp_case *c, int what)
{
    enum vjp_status status = VJP_OK;
    switch (what) {
    case 0:
        c->dtype = VJP_F64;
        break;
    case 1:
        c->dim[2]++;
        break;
    case 2:
        c->attr[0] = 1;
        break;
    case 3:
        status = vjp_case_set_values(c, DY, "normal:1", NULL);
        break;
    case 4:
        c->slot[DW].layout.ld_pad = 1;
        break;
    case 5:
        c->slot[X].layout.align = 0;
        break;
    case 6:
        c->slot[DX].layout.trans = true;
        break;
    case 7:
        c->accumulate = true;
        break;
    case 8:
        c->threads = 2;
        break;
    case 9:
        c->seed = UINT64_C(1) << 63;
        break;
    case 10:
        c->left_out = 1 << W;
        break;
    default:
        status = vjp_case_set_values(c, DB, "zeros", NULL); /* present in one of the two only */
    }
    cr_assert_eq(status, VJP_OK);
}

Test(case, equality_sees_every_field)
{
    for (int what = 0; what <= 11; what++) {
        struct vjp_case a = new_case();
        struct vjp_case b = new_case();
        cr_expect(vjp_case_is_equal(&a, &b));
        change(&b, what);
        cr_expect_not(vjp_case_is_equal(&a, &b), "change %d", what);
        cr_expect_not(vjp_case_is_equal(&b, &a), "change %d", what);
        vjp_case_clear(&a);
        vjp_case_clear(&b);
    }
}

Test(case, a_new_case_has_the_fallbacks_and_usual_values_of_its_spec)
{
    static const char *const usual[] = {"normal", "positive", NULL, "index", "mask", "normal"};
    struct vjp_case c = {0};
    cr_assert_eq(vjp_case_init(&c, &sample_spec, VJP_F32, NULL), VJP_OK);
    cr_expect_eq(c.attr[SAMPLE_RANK], 2);
    cr_expect_eq(c.attr[SAMPLE_EPS], 0);
    cr_expect_eq(c.real[SAMPLE_EPS], 1e-5);
    cr_expect_eq(c.attr[SAMPLE_IGNORE], -100);
    for (int slot = SAMPLE_X; slot <= SAMPLE_DY; slot++) {
        if (usual[slot])
            cr_expect_str_eq(c.slot[slot].text, usual[slot]);
        else
            cr_expect_null(c.slot[slot].text);
    }
    c.attr[SAMPLE_MODE] = 1;
    c.accumulate = true;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_str_eq(c.slot[SAMPLE_L].text, "labels");
    cr_expect_str_eq(c.slot[SAMPLE_DP].text, "normal", "an old gradient may be anything");
    cr_expect_null(c.slot[SAMPLE_T].text);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    vjp_case_clear(&c);
}

Test(case, a_dimension_that_takes_no_part_is_1)
{
    struct vjp_case c = sample_case(2, 3, "index");
    struct vjp_shape shape;
    cr_expect(vjp_case_has_dim(&c, SAMPLE_C));
    cr_expect_not(vjp_case_has_dim(&c, SAMPLE_K));
    c.dim[SAMPLE_K] = 7;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(c.dim[SAMPLE_K], 1);
    c.attr[SAMPLE_RANK] = 3;
    c.dim[SAMPLE_K] = 7;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect(vjp_case_has_dim(&c, SAMPLE_K));
    cr_expect_eq(c.dim[SAMPLE_K], 7);
    vjp_case_slot_shape(&c, SAMPLE_DX, &shape);
    cr_expect(shape.rank == 3 && shape.dim[2] == 7);
    vjp_case_clear(&c);
}

Test(case, indices_and_masks_are_i32_and_have_no_gradient)
{
    struct vjp_case c = sample_case(2, 3, "index");
    for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
        const bool is_integer = slot == SAMPLE_T || slot == SAMPLE_M;
        cr_expect_eq(vjp_case_slot_dtype(&c, slot), is_integer ? VJP_I32 : VJP_F32);
        if (vjp_slot_is_gradient(c.spec, slot))
            cr_expect_eq(vjp_case_has_slot(&c, slot), slot == SAMPLE_DX || slot == SAMPLE_DP);
    }
    vjp_case_clear(&c);
}

Test(case, saved_values_have_their_shape_and_y_that_of_the_output)
{
    struct vjp_case c = sample_case(2, 3, "index");
    struct vjp_shape shape;
    vjp_case_saved_shape(&c, vjp_saved_find(c.spec, "row"), &shape);
    cr_expect(shape.rank == 1 && shape.dim[0] == 2);
    vjp_case_saved_shape(&c, vjp_saved_find(c.spec, "y"), &shape);
    cr_expect(shape.rank == 2 && shape.dim[0] == 2 && shape.dim[1] == 3);
    vjp_case_clear(&c);
}

Test(case, saved_values_have_the_dtype_of_their_kind)
{
    static const struct {
        enum vjp_dtype dtype, wide;
    } table[] = {{VJP_BF16, VJP_F32}, {VJP_F16, VJP_F32}, {VJP_F32, VJP_F32}, {VJP_F64, VJP_F64}};
    struct vjp_spec spec = sample_spec;
    spec.n_saved = 3;
    spec.saved[0].kind = VJP_SAVED_REAL;
    spec.saved[1].kind = VJP_SAVED_WIDE;
    spec.saved[2].kind = VJP_SAVED_INDEX;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct vjp_case c = {.spec = &spec, .dtype = table[i].dtype};
        cr_expect_eq(vjp_case_saved_dtype(&c, 0), table[i].dtype);
        cr_expect_eq(vjp_case_saved_dtype(&c, 1), table[i].wide);
        cr_expect_eq(vjp_case_saved_dtype(&c, 2), VJP_I32);
    }
}

Test(case, the_work_is_what_the_spec_says_or_the_product_of_the_dimensions)
{
    struct vjp_case c = sample_case(20, 3, "index");
    struct vjp_case plain = new_case();
    cr_expect_eq(vjp_case_work(&c), 200);
    plain.dim[0] = plain.dim[1] = plain.dim[2] = VJP_DIM_MAX;
    cr_expect_eq(vjp_case_work(&plain), 0x1p96);
    plain.dim[1] = 0;
    cr_expect_eq(vjp_case_work(&plain), 0);
    vjp_case_clear(&c);
    vjp_case_clear(&plain);
}

Test(case, values_are_found_by_name)
{
    struct vjp_case c = sample_case(20, 3, "labels");
    c.real[SAMPLE_EPS] = 0.25;
    cr_expect_eq(vjp_case_attr(&c, "mode"), 1);
    cr_expect_eq(vjp_case_real(&c, "eps"), 0.25);
    cr_expect_eq(vjp_case_dim(&c, "C"), 3);
    vjp_case_clear(&c);
}

Test(case, equality_sees_real_attributes_and_the_sign_of_zero)
{
    struct vjp_case a = sample_case(1, 1, "index");
    struct vjp_case b = sample_case(1, 1, "index");
    cr_expect(vjp_case_is_equal(&a, &b));
    b.real[SAMPLE_EPS] = nextafter(1e-5, 1);
    cr_expect_not(vjp_case_is_equal(&a, &b));
    a.real[SAMPLE_EPS] = 0.0;
    b.real[SAMPLE_EPS] = -0.0;
    cr_expect_not(vjp_case_is_equal(&a, &b));
    vjp_case_clear(&a);
    vjp_case_clear(&b);
}

/* A softmax of one element is flat, one of none has no gradient at all. */
Test(case, sizes_that_make_every_gradient_zero_are_flat)
{
    static const struct {
        const char *layer;
        int64_t dim[4];
        bool flat;
    } table[] = {
        {"softmax", {3, 1}, true},
        {"softmax", {1, 2}, false},
        {"softmax", {1, 0}, false},
        {"linear", {1, 1, 1}, false},
        {"linear | softmax", {2, 3, 1}, true},
        {"linear | softmax", {1, 1, 2}, false},
        {"linear | softmax | linear", {2, 3, 1, 5}, true},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_case c;
        cr_assert_eq(vjp_case_init(&c, vjp_spec_find(table[i].layer), VJP_F32, NULL), VJP_OK);
        memcpy(c.dim, table[i].dim, sizeof table[i].dim);
        cr_expect_eq(vjp_case_is_flat(&c), table[i].flat, "%s, row %zu", table[i].layer, i);
        vjp_case_clear(&c);
    }
}
