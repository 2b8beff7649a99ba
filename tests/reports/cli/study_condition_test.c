/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_condition.h"

#include "oracle/metric/deviation.h"
#include "reports/cli/inquiry.h"

#include <criterion/criterion.h>
#include <math.h>

struct count {
    double target;
    int all, near;
};

static void note(void *env, const struct vjp_deviation *d)
{
    struct count *n = env;
    const double condition = 2 * d->scale / fabs(d->exact);
    n->all++;
    n->near += condition > n->target / 4 && condition < n->target * 4;
}

static enum vjp_status find(const char *layer, int input, struct vjp_study_cancel *out)
{
    struct vjp_study_axis axis;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_study_axis_find(vjp_spec_find(layer), VJP_F32, input, "normal", &axis, &error),
                 VJP_OK);
    return vjp_study_cancel_find(&axis, out, &error);
}

Test(study_condition, most_elements_come_near_the_target)
{
    struct vjp_study_cancel cancel;
    struct vjp_error error = {""};
    cr_assert_eq(find("linear", 0, &cancel), VJP_OK);
    for (double target = 1e4; target < 1e9; target *= 1e2) {
        struct vjp_case c;
        struct vjp_inquiry inquiry;
        struct count n = {.target = target};
        cr_assert_eq(vjp_study_cancel_case(&cancel, target, 64, 3, &c, &error), VJP_OK, "%s",
                     error.text);
        cr_assert_eq(
            vjp_inquiry_make(&c, VJP_ORACLE_EXACT, (struct vjp_kinks){0}, &inquiry, &error),
            VJP_OK);
        vjp_deviation_visit(inquiry.question.reference, vjp_slot_gradient(c.spec, 0), NULL, note,
                            &n);
        cr_expect(n.all >= 64 && 4 * n.near > 3 * n.all, "%g: %d of %d", target, n.near, n.all);
        vjp_inquiry_clear(&inquiry);
        vjp_case_clear(&c);
    }
}

/* db sums dy alone: nothing is multiplied, and nothing can be chosen to cancel. */
Test(study_condition, a_gradient_without_products_is_told)
{
    struct vjp_study_cancel cancel;
    cr_expect_eq(find("linear", 2, &cancel), VJP_ERR_USAGE);
    cr_expect_eq(find("relu", 0, &cancel), VJP_ERR_USAGE);
}
