/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_axis.h"

#include <criterion/criterion.h>
#include <string.h>

static struct vjp_study_axis find(const char *layer, const char *gradient)
{
    const struct vjp_spec *spec = vjp_spec_find(layer);
    struct vjp_study_axis axis;
    struct vjp_error error = {""};
    int input = 0;
    while (strcmp(spec->input[input].name, gradient + 1) != 0)
        input++;
    cr_assert_eq(vjp_study_axis_find(spec, VJP_F32, input, "normal", &axis, &error), VJP_OK, "%s",
                 error.text);
    return axis;
}

/* What the formulas say. */
Test(study_axis, the_oracle_tells_what_is_summed_over)
{
    static const struct {
        const char *layer, *gradient, *dim;
    } sums[] = {
        {"linear", "dx", "M"},    {"linear", "dw", "N"}, {"linear", "db", "N"},
        {"matmul", "da", "N"},    {"matmul", "db", "M"}, {"softmax", "dx", "C"},
        {"layernorm", "dw", "N"}, {"conv2d", "dw", "N"}, {"conv2d", "dx", "K"},
    };
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        const struct vjp_study_axis axis = find(sums[i].layer, sums[i].gradient);
        cr_assert_geq(axis.dim, 0, "%s %s", sums[i].layer, sums[i].gradient);
        cr_expect_str_eq(axis.spec->dim[axis.dim], sums[i].dim, "%s %s: %s", sums[i].layer,
                         sums[i].gradient, axis.spec->dim[axis.dim]);
    }
    cr_expect_eq(find("relu", "dx").dim, -1);
    cr_expect_eq(find("mul", "dx").dim, -1);
}

Test(study_axis, a_case_has_the_terms_and_the_elements_that_were_asked_for)
{
    const struct vjp_study_axis axis = find("linear", "dx");
    struct vjp_case c;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_study_axis_case(&axis, -1, 48, 256, "uniform", 7, &c, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(vjp_case_dim(&c, "M"), 48);
    cr_expect_eq(vjp_case_dim(&c, "N") * vjp_case_dim(&c, "D"), 256);
    cr_expect_eq(c.seed, 7);
    cr_expect_str_eq(c.slot[0].text, "uniform");
    vjp_case_clear(&c);
}

Test(study_axis, what_the_oracle_cannot_afford_is_told)
{
    const struct vjp_study_axis axis = find("softmax", "dx");
    struct vjp_case c;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_study_axis_case(&axis, -1, 1 << 20, 256, "normal", 7, &c, &error),
                 VJP_ERR_LIMIT);
    cr_expect(strlen(error.text) > 0);
}
