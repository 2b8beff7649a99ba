/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/jacobian.h"

#include "tests/reports/render/fixture.h"

#include <jansson.h>
#include <math.h>

/* A 2 x 2 Jacobian with every kind of entry: a structural zero, a point, an enclosure, NaN. */
static bool entry(const void *context, int64_t i, int64_t j, double *low, double *high)
{
    static const double lows[] = {0, 1.5, 0, NAN};
    static const double highs[] = {0, 1.5, 1, NAN};
    (void)context;
    *low = lows[2 * i + j];
    *high = highs[2 * i + j];
    return i + j > 0;
}

static void text(const void *context, int64_t i, int64_t j, char *out, int size)
{
    static const char *const texts[] = {"0", "1.5", "[0, 1]", "nan"};
    (void)context;
    snprintf(out, (size_t)size, "%s", texts[2 * i + j]);
}

static const struct vjp_jacobian_view view = {.of = "y",
                                              .wrt = "x",
                                              .of_shape = {.rank = 1, .dim = {2}},
                                              .wrt_shape = {.rank = 2, .dim = {1, 2}},
                                              .nonzero = 3,
                                              .entry = entry,
                                              .text = text};

Test(jacobian, text_has_one_block_per_element_of_the_operand)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_jacobian_print_text(&view, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "dy/dx: (2) x (1x2), 3 entries that are not structural zeros\n"
                     "\ndy/dx[0,0] =\n"
                     "    [      0 [0, 1] ]\n"
                     "\ndy/dx[0,1] =\n"
                     "    [ 1.5 nan ]\n");
    free(capture.text);
}

Test(jacobian, json_is_flat_with_y_first)
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

Test(jacobian, json_has_a_limit)
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
