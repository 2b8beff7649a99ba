/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/jacobian_view.h"

#include <jansson.h>

Test(jacobian_json, is_flat_with_y_first)
{
    struct capture capture;
    struct vjp_error error;
    json_error_t parse_error;
    capture_begin(&capture);
    cr_assert_eq(vjp_jacobian_print_json("line", 256, &view, 1, capture.file, &error), VJP_OK);
    json_t *json = json_loads(capture_end(&capture), 0, &parse_error);
    cr_assert_not_null(json, "%s", parse_error.text);
    json_t *expected =
        json_loads("{\"case\":\"line\",\"precision\":256,\"jacobians\":[{\"of\":\"y\","
                   "\"wrt\":\"x\",\"shape\":[2,1,2],\"of_shape\":[2],"
                   "\"wrt_shape\":[1,2],\"nonzero\":3,"
                   "\"values\":[0,1.5,[0.0,1.0],\"nan\"]}]}",
                   0, &parse_error);
    cr_assert_not_null(expected);
    cr_expect(json_equal(json, expected), "%s", capture.text);
    json_decref(json);
    json_decref(expected);
    free(capture.text);
}

/* [0, 1] as all derivatives of relu at 0, and not as what is known of one; and what may be NaN or not. */
Test(jacobian_json, a_set_is_no_enclosure_and_not_determined_is_no_nan)
{
    struct capture capture;
    struct vjp_error error;
    struct vjp_jacobian_view kink = view;
    kink.context = &kink;
    capture_begin(&capture);
    cr_assert_eq(vjp_jacobian_print_json("line", 256, &kink, 1, capture.file, &error), VJP_OK);
    capture_end(&capture);
    expect_in(capture.text, "\"values\":[0,1.5,{\"set\":[0.0,1.0]},\"not determined\"]}");
    free(capture.text);
}

Test(jacobian_json, has_a_limit)
{
    struct capture capture;
    struct vjp_error error;
    struct vjp_jacobian_view large = view;
    large.of_shape = (struct vjp_shape){.rank = 1, .dim = {INT64_C(1) << 21}};
    large.wrt_shape = (struct vjp_shape){.rank = 1, .dim = {3}};
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_print_json("line", 256, &large, 1, capture.file, &error),
                 VJP_ERR_LIMIT);
    expect_in(error.text, "--format npy");
    cr_expect_str_eq(capture_end(&capture), "");
    free(capture.text);
}

/* What is no UTF-8 must not make the document unreadable. */
Test(jacobian_json, any_line_gives_a_document)
{
    struct capture capture;
    struct vjp_error error;
    json_error_t parse_error;
    capture_begin(&capture);
    cr_assert_eq(vjp_jacobian_print_json("x=@\"\xff\n.npy", 53, NULL, 0, capture.file, &error),
                 VJP_OK);
    json_t *json = json_loads(capture_end(&capture), 0, &parse_error);
    cr_assert_not_null(json, "%s", parse_error.text);
    cr_expect_not_null(json_string_value(json_object_get(json, "case")));
    cr_expect_eq(json_integer_value(json_object_get(json, "precision")), 53);
    cr_expect_eq(json_array_size(json_object_get(json, "jacobians")), 0);
    json_decref(json);
    free(capture.text);
}
