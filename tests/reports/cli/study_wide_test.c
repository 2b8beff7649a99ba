/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_wide.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <math.h>

/* dx of a linear layer with one output is the row of dy times w: of one term, and the error of rounding the two is
 * known from them alone. */
static void find(const char *line, int slot, struct vjp_study_wide *out, struct vjp_data *data,
                 struct vjp_data *wide)
{
    struct vjp_case c, f64;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_data_generate(&c, data, &error), VJP_OK);
    f64 = c;
    f64.dtype = VJP_F64;
    cr_assert_eq(vjp_data_generate(&f64, wide, &error), VJP_OK);
    cr_assert_eq(vjp_study_wide_find(&c, data, vjp_slot_gradient(c.spec, slot), out, &error),
                 VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
}

static double at(const struct vjp_tensor *t, int64_t i)
{
    return vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
}

Test(study_wide, the_gradient_of_what_was_not_yet_rounded)
{
    struct vjp_study_wide wide = {0};
    struct vjp_data narrow, f64;
    find("linear dtype=bf16 N=2 D=3 M=4 x=normal w=normal dy=normal seed=7", 0, &wide, &narrow,
         &f64);
    const struct vjp_tensor *w = &f64.slot[1];
    const struct vjp_tensor *dy = &f64.slot[vjp_slot_cotangent(vjp_spec_find("linear"))];
    cr_assert_eq(wide.count, 6);
    for (int n = 0; n < 2; n++) {
        for (int d = 0; d < 3; d++) {
            long double sum = 0, squares = 0, scale = 0;
            for (int m = 0; m < 4; m++) {
                const long double term = (long double)at(dy, n * 4 + m) * at(w, d * 4 + m);
                sum += term;
                squares += term * term;
                scale += fabsl(term);
            }
            cr_expect_float_eq(wide.exact[n * 3 + d], (double)sum, 1e-14);
            cr_expect_float_eq(wide.terms[n * 3 + d], (double)(sqrtl(squares) / scale), 1e-3,
                               "S may be 2^-12 above it");
        }
    }
    vjp_study_wide_clear(&wide);
    vjp_data_clear(&narrow);
    vjp_data_clear(&f64);
}

/* Nothing is compared with numbers that the case does not have: integers, and the dtype that is wide already. */
Test(study_wide, operands_of_another_line_are_not_known)
{
    struct vjp_study_wide wide = {0};
    struct vjp_data narrow, f64;
    find("linear dtype=f64 N=2 D=3 M=4", 0, &wide, &narrow, &f64);
    cr_expect_eq(wide.count, 0);
    vjp_data_clear(&narrow);
    vjp_data_clear(&f64);
    struct vjp_case c;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=2 D=3 M=4 seed=3", &c, &error), VJP_OK);
    cr_assert_eq(vjp_data_generate(&c, &narrow, &error), VJP_OK);
    vjp_tensor_set(&narrow.slot[1], 0, vjp_bits_from_double(VJP_F32, 12345));
    cr_assert_eq(vjp_study_wide_find(&c, &narrow, vjp_slot_gradient(c.spec, 0), &wide, &error),
                 VJP_OK);
    cr_expect_eq(wide.count, 0);
    vjp_case_clear(&c);
    vjp_data_clear(&narrow);
}
