/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/parts.h"

#include <criterion/criterion.h>
#include <math.h>

/* 3, 4 and their opposites: squares add up on paper. */
Test(parts, errors_by_where_they_come_from)
{
    struct vjp_parts parts = {0};
    vjp_parts_add(&parts, 3, 4);
    vjp_parts_add(&parts, -3, 4);
    cr_expect_eq(parts.elements, 2);
    cr_expect_float_eq(vjp_part_rms(&parts.operands), 3, 1e-12);
    cr_expect_float_eq(vjp_part_rms(&parts.kernel), 4, 1e-12);
    cr_expect_float_eq(vjp_part_rms(&parts.all), 5, 1e-12); /* of 7 and 1 */
    cr_expect_eq(parts.all.max, 7);
    cr_expect_eq(parts.operands.max, 3);
}

Test(parts, most_of_the_error)
{
    struct vjp_parts parts = {0};
    cr_expect_str_eq(vjp_parts_largest(&parts, 1), "");
    vjp_parts_add(&parts, -2, 1);
    cr_expect_str_eq(vjp_parts_largest(&parts, 1), "operands");
    vjp_parts_add(&parts, 0, -3);
    cr_expect_str_eq(vjp_parts_largest(&parts, 0.5), "sums");
    cr_expect_str_eq(vjp_parts_largest(&parts, 0.95), "result");
}
