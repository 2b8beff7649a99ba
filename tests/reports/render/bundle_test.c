/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bundle.h"

#include "tests/reports/render/fixture.h"

static struct vjp_tensor make_tensor(enum vjp_dtype dtype, int64_t count)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {count}};
    struct vjp_tensor tensor = {0};
    cr_assert_eq(vjp_tensor_init(&tensor, dtype, &shape, NULL), VJP_OK);
    return tensor;
}

Test(bundle, what_was_added_is_found_by_its_name)
{
    struct vjp_bundle bundle = {0};
    struct vjp_tensor x = make_tensor(VJP_F32, 3);
    struct vjp_tensor dx = make_tensor(VJP_F64, 5);
    const void *data = dx.data;
    cr_expect_null(vjp_bundle_find(&bundle, "x"));
    cr_assert_eq(vjp_bundle_add(&bundle, "x", &x, NULL), VJP_OK);
    cr_assert_eq(vjp_bundle_add(&bundle, "dx.bound", &dx, NULL), VJP_OK);
    cr_expect_null(dx.data, "it is the bundle's now");
    cr_assert_eq(bundle.n_tensors, 2);
    cr_expect_str_eq(bundle.tensor[0].name, "x");
    cr_expect_eq(vjp_bundle_find(&bundle, "dx.bound")->data, data);
    cr_expect_eq(vjp_bundle_find(&bundle, "x")->count, 3);
    cr_expect_null(vjp_bundle_find(&bundle, "dx"));
    vjp_bundle_clear(&bundle);
    cr_expect_eq(bundle.n_tensors, 0);
}

Test(bundle, notes_are_copied)
{
    struct vjp_bundle bundle = {0};
    char text[] = "linear";
    cr_assert_eq(vjp_bundle_note(&bundle, "layer", text, NULL), VJP_OK);
    text[0] = 'x';
    cr_assert_eq(bundle.n_notes, 1);
    cr_expect_str_eq(bundle.note[0].name, "layer");
    cr_expect_str_eq(bundle.note[0].text, "linear");
    vjp_bundle_clear(&bundle);
}

Test(bundle, a_name_is_taken_once)
{
    struct vjp_bundle bundle = {0};
    struct vjp_error error = {""};
    struct vjp_tensor x = make_tensor(VJP_F32, 1);
    struct vjp_tensor again = make_tensor(VJP_F32, 1);
    cr_assert_eq(vjp_bundle_add(&bundle, "x", &x, &error), VJP_OK);
    cr_expect_eq(vjp_bundle_add(&bundle, "x", &again, &error), VJP_ERR_INTERNAL);
    cr_expect_str_eq(error.text, "there are two tensors called x");
    cr_expect_not_null(again.data, "it is still the caller's");
    cr_assert_eq(vjp_bundle_note(&bundle, "case", "a", &error), VJP_OK);
    cr_expect_eq(vjp_bundle_note(&bundle, "case", "b", &error), VJP_ERR_INTERNAL);
    cr_expect_str_eq(error.text, "there are two notes called case");
    cr_expect_eq(bundle.n_tensors, 1);
    cr_expect_eq(bundle.n_notes, 1);
    vjp_tensor_clear(&again);
    vjp_bundle_clear(&bundle);
}
