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

/* Squares of roots of squares are the same numbers, so that a study that is continued has the same bytes. */
Test(study_table, parts_come_back)
{
    struct vjp_study_point points[1] = {parted(point_of("naive:linear", 64, 0.5), 0x1.1p-9, -0.1)};
    struct vjp_study_table table = table_of(1, points);
    const struct vjp_parts *parts = &table.point[0].parts;
    cr_expect_eq(parts->elements, 1);
    cr_expect_eq(vjp_part_rms(&parts->operands), 0x1.1p-9);
    cr_expect_eq(vjp_part_rms(&parts->kernel), 0.1);
    cr_expect_eq(parts->kernel.max, 0.1);
    cr_expect_eq(parts->all.max, 0.1 - 0x1.1p-9);
    cr_expect_eq(parts->spread, 0.25);
    cr_expect_str_eq(table.point[0].model, "f32");
    char *once = lines_of(1, points), *again = lines_of(1, table.point);
    cr_expect_str_eq(once, again);
    free(once);
    free(again);
    vjp_study_table_clear(&table);
}

/* Streams of before there were parts have none; what is half there is no part. */
Test(study_table, lines_without_parts_are_read)
{
    struct vjp_study_point points[1] = {point_of("naive:linear", 64, 0.5)};
    struct vjp_error error = {""};
    points[0].model = "f64";
    char *written = lines_of(1, points), line[4096];
    snprintf(line, sizeof line, "%s", written);
    free(written);
    cr_expect_null(strstr(line, "parts"));
    struct vjp_study_table table = table_of(1, points);
    cr_expect_eq(table.point[0].parts.elements, 0);
    cr_expect_str_eq(table.point[0].model, "f64");
    strcpy(strrchr(line, '}'), ",\"parts\":{\"elements\":3}}");
    cr_expect_eq(vjp_study_table_add(&table, line, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "\"parts\" in a point"), "%s", error.text);
    cr_expect_eq(table.count, 1);
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
