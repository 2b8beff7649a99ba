/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_output.h"
#include "tests/reports/render/study_points.h"

Test(study_verdicts, one_for_each_kernel_by_its_slope)
{
    struct vjp_study_point points[13];
    for (int i = 0; i < 6; i++) {
        points[2 * i] = point_of("one:linear", 16 << i, 0.5);
        points[2 * i + 1] = point_of("other:linear", 16 << i, 0);
    }
    points[12] = point_of("gap:linear", 16, 0);
    points[12].why = "left out";
    struct vjp_study_table table = table_of(13, points);
    struct vjp_study_verdicts verdicts;
    struct vjp_error error;
    cr_assert_eq(vjp_study_verdicts_make(&table, &verdicts, &error), VJP_OK);
    cr_assert_eq(verdicts.count, 2);
    cr_expect_str_eq(verdicts.verdict[0].like->kernel, "one:linear");
    cr_expect_float_eq(verdicts.verdict[0].evidence.fit.slope, 0.5, 1e-6);
    cr_expect_eq(verdicts.verdict[0].grade, VJP_GRADE_SEQUENTIAL);
    cr_expect_eq(verdicts.verdict[1].grade, VJP_GRADE_PAIRWISE);
    vjp_study_verdicts_clear(&verdicts);
    vjp_study_table_clear(&table);
}

/* Sizes at which k u is large tell of stagnation, not of the order. */
Test(study_verdicts, stagnation_is_no_evidence)
{
    struct vjp_study_point points[6];
    for (int i = 0; i < 6; i++) {
        points[i] = point_of("half:linear", 16 << i, 0.5);
        points[i].u = 0x1p-11;
        if ((16 << i) * points[i].u > VJP_GRADE_KU_MAX)
            points[i].figures.toward_zero = (struct vjp_bias){2000, 1, 1, 1e9, 0};
    }
    struct vjp_study_table table = table_of(6, points);
    struct vjp_study_verdicts verdicts;
    struct vjp_error error;
    cr_assert_eq(vjp_study_verdicts_make(&table, &verdicts, &error), VJP_OK);
    cr_expect_eq(verdicts.verdict[0].evidence.fit.points, 5);
    cr_expect_eq(verdicts.verdict[0].grade, VJP_GRADE_SEQUENTIAL);
    vjp_study_verdicts_clear(&verdicts);
    vjp_study_table_clear(&table);
}
