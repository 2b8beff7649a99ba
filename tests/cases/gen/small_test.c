/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/small.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"
#include "cases/spec/pipeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Smallest by the rules of each: a window of 2, also behind a filter and another window, pairs of features, two
 * classes where one has no gradient, unless there can be no other. */
Test(small, sizes_are_as_small_as_the_stages_let_them_be)
{
    static const char *const lines[] = {
        "linear dtype=f64 N=1 D=1 M=1 x=normal w=normal dy=normal",
        "maxpool2d dtype=f64 N=1 C=1 H=2 W=2 x=normal dy=normal",
        "softmax dtype=f64 N=1 C=2 x=normal dy=normal",
        "hinge dtype=f64 N=1 C=2 x=normal t=index dy=normal",
        "linear | log_softmax dtype=f64 1.N=1 1.D=1 1.M=2 1.x=normal 1.w=normal dy=normal",
        "mse | softmax dtype=f64 1.N=1 1.D=1 2.N=1 2.C=1 1.x=normal 1.t=normal dy=normal",
        "conv2d | maxpool2d dtype=f64 1.N=1 1.C=1 1.H=2 1.W=2 1.K=1 1.R=1 1.S=1 1.x=normal "
        "1.w=normal dy=normal",
        "linear | rope dtype=f64 1.N=1 1.D=1 1.M=2 2.N=1 2.H=1 2.D=2 1.x=normal 1.w=normal "
        "2.cos=normal 2.sin=normal dy=normal",
        "conv2d | relu | maxpool2d | conv2d | relu | maxpool2d | linear | softmax_cross_entropy "
        "dtype=f64 1.N=1 1.C=1 1.H=4 1.W=4 1.K=1 1.R=1 1.S=1 4.K=1 4.R=1 4.S=1 7.M=2 1.x=normal "
        "1.w=normal 4.w=normal 7.w=normal 8.t=index dy=normal",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char name[128];
        struct vjp_case c;
        struct vjp_text line = {0};
        struct vjp_error error = {""};
        snprintf(name, sizeof name, "%.*s", (int)(strstr(lines[i], " dtype") - lines[i]), lines[i]);
        cr_assert_eq(vjp_small_case(vjp_spec_find(name), VJP_F64, &c, &error), VJP_OK, "%s: %s",
                     name, error.text);
        vjp_case_print(&c, &line);
        cr_expect_str_eq(line.data, lines[i]);
        vjp_text_clear(&line);
        vjp_case_clear(&c);
    }
}

Test(small, where_nothing_fits_the_stage_is_named)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_small_case(vjp_spec_find("mse | rope"), VJP_F32, &c, &error), VJP_ERR_USAGE);
    cr_expect_eq(strncmp(error.text, "stage 2 (rope): ", 16), 0, "%s", error.text);
    cr_expect_null(c.spec);
}

Test(small, attributes_differ_where_no_sizes_fit_without)
{
    struct vjp_case c;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_small_case(vjp_spec_find("mse | avgpool2d"), VJP_F32, &c, &error), VJP_OK,
                 "%s", error.text);
    cr_expect_eq(vjp_case_validate(&c, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(vjp_case_dim(&c, "1.N") * vjp_case_dim(&c, "1.D"), 1);
    vjp_case_clear(&c);
}
