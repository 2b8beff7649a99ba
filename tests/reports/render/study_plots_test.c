/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_output.h"
#include "tests/reports/render/study_points.h"

#include <unistd.h>

static char *read_text(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    char *text = calloc(1, 1 << 16);
    cr_assert_gt(fread(text, 1, (1 << 16) - 1, file), 0);
    fclose(file);
    cr_expect_eq(unlink(path), 0);
    return text;
}

Test(study_plots, a_plot_for_each_view_with_a_series_for_each_kernel)
{
    struct vjp_study_point points[6];
    char folder[] = "/tmp/vjpcheck-plots-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        points[i] = point_of("one:linear", 16 << i, 0.5);
        points[i + 3] = point_of("two:linear", 16 << i, 0);
    }
    struct vjp_study_table table = table_of(6, points);
    const struct vjp_study_output output = {.study = "growth", .folder = folder, .table = &table};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_study_plots_write(&output, &error), VJP_OK, "%s", error.text);
    char *text = read_text(folder, "growth-omega-linear-f32-dx-positive.svg");
    cr_expect_not_null(strstr(text, ">one:linear</text>"));
    cr_expect_not_null(strstr(text, ">two:linear</text>"));
    cr_expect_not_null(strstr(text, ">bound k u (Jeannerod, Rump)</text>"));
    cr_expect_not_null(strstr(text, ">growth: dx of linear in f32, operands positive</text>"));
    free(text);
    free(read_text(folder, "growth-ulp-linear-f32-dx-positive.svg"));
    free(read_text(folder, "growth-correct-linear-f32-dx-positive.svg"));
    cr_expect_eq(rmdir(folder), 0, "nothing else");
    vjp_study_table_clear(&table);
}

/* u of f32 is 2^-24: the marks and curves of what operands cost are there, and none where nothing was rounded. */
Test(study_plots, dtype_has_a_model_beside_every_curve)
{
    struct vjp_study_point points[4];
    char folder[] = "/tmp/vjpcheck-plots-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 2; i++) {
        points[i] = parted(point_of("one:linear", 16 << i, 0.5), 0x1p-25, 0x1p-26);
        points[i + 2] = point_of("one:linear", 16 << i, 0.5);
        points[i + 2].dtype = "f64";
        points[i + 2].model = "f64";
    }
    struct vjp_study_table table = table_of(4, points);
    const struct vjp_study_output output = {.study = "dtype", .folder = folder, .table = &table};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_study_plots_write(&output, &error), VJP_OK, "%s", error.text);
    char *text = read_text(folder, "dtype-operands-linear-f32-dx-positive.svg");
    cr_expect_not_null(strstr(text, ">no kernel: operands rounded</text>"));
    cr_expect_not_null(strstr(text, ">operands, at most: 2 u + u^2</text>"));
    cr_expect_not_null(strstr(text, ">operands, sums in f64, result</text>"));
    free(text);
    text = read_text(folder, "dtype-omega-linear-f32-dx-positive.svg");
    cr_expect_not_null(strstr(text, ">sums in f32: k u, and u of the result</text>"));
    cr_expect_not_null(strstr(text, ">the result alone: its u</text>"));
    free(text);
    free(read_text(folder, "dtype-correct-linear-f32-dx-positive.svg"));
    free(read_text(folder, "dtype-omega-linear-f64-dx-positive.svg"));
    free(read_text(folder, "dtype-correct-linear-f64-dx-positive.svg"));
    cr_expect_eq(rmdir(folder), 0, "f64 has no operands that were rounded");
    vjp_study_table_clear(&table);
}
