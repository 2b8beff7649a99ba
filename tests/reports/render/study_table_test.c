/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/study_points.h"

Test(study_table, what_was_written_comes_back)
{
    struct vjp_study_point points[2] = {point_of("naive:linear", 64, 0.5), point_of("b", 16, 0)};
    points[0].outside = 3;
    points[1].why = "no answer";
    points[1].failed = true;
    struct vjp_study_table table = table_of(2, points);
    const struct vjp_study_point *p = &table.point[0];
    const struct vjp_figures *f = &p->figures, *want = &points[0].figures;
    cr_expect_str_eq(p->kernel, "naive:linear");
    cr_expect_str_eq(p->example, points[0].example);
    cr_expect_eq(p->size, 64);
    cr_expect_eq(p->outside, 3);
    cr_expect_eq(p->u, 0x1p-24);
    cr_expect_null(p->why);
    cr_expect_eq(f->omega_rms, want->omega_rms);
    cr_expect_eq(f->omega.max, want->omega.max);
    cr_expect(isnan(f->ulp.p999) && isinf(f->ulp.max));
    cr_expect_eq(f->up.p, 0.0625);
    cr_expect_eq(f->toward_zero.mean, -0.125);
    cr_expect_eq(f->terms_mean, 64);
    cr_expect_str_eq(table.point[1].why, "no answer");
    const struct vjp_study_totals totals = vjp_study_table_count(&table);
    cr_expect(totals.points == 1 && totals.gaps == 1 && totals.outside == 3 && totals.failed == 1);
    vjp_study_table_clear(&table);
}

Test(study_table, other_lines_are_passed_over_and_broken_ones_are_not)
{
    struct vjp_study_table table = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_study_table_add(&table, "{\"type\":\"summary\"}", &error), VJP_OK);
    cr_expect_eq(table.count, 0);
    cr_expect_eq(vjp_study_table_add(&table, "{\"type\":", &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_study_table_add(&table, "{}", &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_study_table_add(&table, "{\"type\":\"point\",\"key\":\"k\"}", &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "in a point of a study"), "%s", error.text);
    cr_expect_eq(vjp_study_table_read(&table, "/none/such", &error), VJP_ERR_IO);
    vjp_study_table_clear(&table);
}
