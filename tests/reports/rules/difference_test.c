/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/difference.h"

#include <criterion/criterion.h>
#include <math.h>

/* y = (x0^2 x1, exp(x1)); the calls are counted, and one may be told to fail. */
static enum vjp_status evaluate(void *environment, const double *x, double *y,
                                struct vjp_error *error)
{
    int *calls = environment;
    if (++*calls == 3)
        return vjp_fail(error, VJP_ERR_LIMIT, "no third call");
    y[0] = x[0] * x[0] * x[1];
    y[1] = exp(x[1]);
    return VJP_OK;
}

/* The derivatives by hand: dy0 2 x0 x1 and dy0 x0^2 + dy1 exp(x1). The error of the central difference is eps^2 / 6
 * |f'''|, and that of its subtraction up to 2^-53 |f| / eps, here 4e-10. */
Test(difference, central_differences_are_derivatives)
{
    int calls = 10;
    double x[2] = {3, 0.5}, out[2] = {0, 0};
    const double dy[2] = {2, -1};
    struct vjp_error error = {""};
    const struct vjp_rule_function f = {&calls, 2, 2, evaluate};
    cr_assert_eq(vjp_rule_differences(&f, x, dy, out, &error), VJP_OK, "%s", error.text);
    cr_expect_float_eq(out[0], 2 * (2 * 3 * 0.5), 1e-8);
    cr_expect_float_eq(out[1], 2 * 9 - exp(0.5), 1e-8);
    cr_expect_eq(calls, 14);
    cr_expect(x[0] == 3 && x[1] == 0.5);
}

/* (|1e-7 + eps| - |1e-7 - eps|) / (2 eps) = 2e-7 / 2e-6: the step is 1e-6. */
static enum vjp_status evaluate_abs(void *environment, const double *x, double *y,
                                    struct vjp_error *error)
{
    (void)environment;
    (void)error;
    y[0] = fabs(x[0]);
    return VJP_OK;
}

Test(difference, the_step_is_that_of_gradcheck)
{
    double x = 1e-7, out = 0;
    const double dy = 1;
    struct vjp_error error = {""};
    const struct vjp_rule_function f = {NULL, 1, 1, evaluate_abs};
    cr_assert_eq(vjp_rule_differences(&f, &x, &dy, &out, &error), VJP_OK);
    cr_expect_float_eq(out, 0.1, 1e-9);
}

Test(difference, what_cannot_be_evaluated_ends_it)
{
    int calls = 0;
    double x[2] = {3, 0.5}, out[2] = {7, 7};
    const double dy[2] = {1, 1};
    struct vjp_error error = {""};
    const struct vjp_rule_function f = {&calls, 2, 2, evaluate};
    cr_expect_eq(vjp_rule_differences(&f, x, dy, out, &error), VJP_ERR_LIMIT);
    cr_expect_str_eq(error.text, "no third call");
    cr_expect(x[0] == 3 && x[1] == 0.5);
    cr_expect_eq(out[1], 7);
}
