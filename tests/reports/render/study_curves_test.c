/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the curves are called on a plot is shown by study_plots_test.c. */
#include "reports/render/study_curves.h"

#include "tests/reports/render/study_points.h"

#define U 0x1p-24 /* of f32, and of the points */

/* Points of one kernel at 64 terms and at 16, as runs that were merged have them, and a sheet with a series of them. */
struct scene {
    struct vjp_study_table table;
    struct vjp_plot_series series;
    struct vjp_study_sheet sheet;
    double x[64], y[64];
};

static void scene_open(struct scene *s)
{
    struct vjp_study_point points[2];
    for (int i = 0; i < 2; i++)
        points[i] = parted(point_of("one:linear", i == 0 ? 64 : 16, 0.5), 0x1p-25, 0x1p-26);
    *s = (struct scene){.table = table_of(2, points)};
    s->sheet = (struct vjp_study_sheet){.x = s->x, .y = s->y, .series = &s->series, .n_series = 1};
    vjp_study_sheet_begin(&s->sheet, &s->series, "one:linear");
    vjp_study_sheet_add(&s->sheet, &s->series, 64, 2);
    vjp_study_sheet_add(&s->sheet, &s->series, 16, 1);
    vjp_study_sheet_sort(&s->sheet, &s->series);
}

/* Two points, at 16 and at 64 terms; to a millionth, beside which terms of u^2 are nothing. */
static void expect_curve(const struct scene *s, int i, double at_16, double at_64)
{
    const struct vjp_plot_series *c = &s->sheet.curve[i];
    cr_assert(i < s->sheet.n_curves && c->n == 2, "%d", i);
    cr_expect(c->x[0] == 16 && c->x[1] == 64, "%d: %g %g", i, c->x[0], c->x[1]);
    cr_expect_float_eq(c->y[0], at_16, 1e-6 * at_16, "%d: %a, expected %a", i, c->y[0], at_16);
    cr_expect_float_eq(c->y[1], at_64, 1e-6 * at_64, "%d: %a, expected %a", i, c->y[1], at_64);
}

Test(study_curves, a_series_is_put_in_order)
{
    struct scene s;
    scene_open(&s);
    cr_assert_eq(s.series.n, 2);
    cr_expect(s.series.x[0] == 16 && s.series.y[0] == 1 && s.series.x[1] == 64 &&
              s.series.y[1] == 2);
    vjp_study_table_clear(&s.table);
}

/* k u; and of a tree of pairs its height, log2 k additions behind a product, in u. The result has the format of the sums. */
Test(study_curves, theory)
{
    struct scene s;
    scene_open(&s);
    vjp_study_curves_theory(&s.table, &s.table.point[0], &s.sheet);
    cr_assert_eq(s.sheet.n_curves, 3);
    expect_curve(&s, 0, 16 * U, 64 * U);
    expect_curve(&s, 2, 5 * U, 7 * U);
    const struct vjp_plot_series *probable = &s.sheet.curve[1];
    cr_expect(probable->y[0] > 0 && probable->y[1] > probable->y[0]);
    vjp_study_table_clear(&s.table);
}

/* Sums in f64 are 2^-53 k, which is nothing beside u of the result in f32. */
Test(study_curves, formats)
{
    struct scene s;
    scene_open(&s);
    vjp_study_curves_formats(&s.table, &s.table.point[0], &s.sheet);
    cr_assert_eq(s.sheet.n_curves, 3);
    expect_curve(&s, 0, 16 * U, 64 * U);
    expect_curve(&s, 1, U, U);
    expect_curve(&s, 2, U, U);
    vjp_study_table_clear(&s.table);
}

/* Both operands are off by u, and the sums and the result come on top: 2 u + k u, and 2 u + u. */
Test(study_curves, operands)
{
    struct scene s;
    scene_open(&s);
    vjp_study_curves_operands(&s.table, &s.table.point[0], &s.sheet);
    cr_assert_eq(s.sheet.n_curves, 4);
    expect_curve(&s, 0, 2 * U, 2 * U);
    expect_curve(&s, 2, 18 * U, 66 * U);
    expect_curve(&s, 3, 3 * U, 3 * U);
    vjp_study_table_clear(&s.table);
}

/* k u cond / 2 + u with a condition of 2; it stands over the condition, in the order of the points. */
Test(study_curves, conditioning)
{
    struct scene s;
    scene_open(&s);
    vjp_study_curves_conditioning(&s.table, &s.table.point[0], &s.sheet);
    cr_assert_eq(s.sheet.n_curves, 1);
    const struct vjp_plot_series *c = &s.sheet.curve[0];
    cr_assert(c->n == 2 && c->x[0] == 2 && c->x[1] == 2);
    cr_expect_float_eq(c->y[0], 65 * U, 1e-6 * U);
    cr_expect_float_eq(c->y[1], 17 * U, 1e-6 * U);
    vjp_study_table_clear(&s.table);
}
