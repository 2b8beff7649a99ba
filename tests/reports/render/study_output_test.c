/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_output.h"
#include "tests/reports/render/study_points.h"

/* Fields of a row, with commas in quotes counted as none. */
static int count_fields(const char *row)
{
    int n = 1;
    bool quoted = false;
    for (const char *p = row; *p && *p != '\r'; p++) {
        quoted ^= *p == '"';
        n += *p == ',' && !quoted;
    }
    return n;
}

Test(study_output, every_row_of_the_csv_has_all_columns)
{
    struct vjp_study_point points[2] = {point_of("a", 16, 0.5), point_of("b", 16, 0)};
    points[1].why = "because, as it \"were\"";
    struct vjp_study_table table = table_of(2, points);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_study_csv_print(&table, out);
    fclose(out);
    const char *first = strstr(text, "\r\n") + 2;
    const char *second = strstr(first, "\r\n") + 2;
    cr_expect_eq(count_fields(text), 56);
    cr_expect_eq(count_fields(first), 56, "%s", first);
    cr_expect_eq(count_fields(second), 56, "%s", second);
    cr_expect_not_null(strstr(first, ",\"linear dtype=f32 N=1 D=2 M=3, with a comma\","));
    cr_expect_not_null(strstr(second, ",\"because, as it \"\"were\"\"\","));
    cr_expect_null(strstr(text, "nan"));
    free(text);
    vjp_study_table_clear(&table);
}

Test(study_output, the_text_has_a_row_for_each_kernel_and_tells_what_was_left_out)
{
    struct vjp_study_point points[3] = {point_of("a:linear", 16, 0.5), point_of("b:linear", 16, 0),
                                        point_of("c:linear", 16, 0)};
    points[1].outside = 5;
    points[2].why = "too large";
    struct vjp_study_table table = table_of(3, points);
    struct vjp_study_verdicts verdicts;
    struct vjp_error error;
    cr_assert_eq(vjp_study_verdicts_make(&table, &verdicts, &error), VJP_OK);
    const struct vjp_study_totals totals = vjp_study_table_count(&table);
    const struct vjp_study_output output = {"growth", "DIR", &table, &verdicts, &totals};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_study_output_print(&output, false, out);
    fclose(out);
    cr_expect_not_null(strstr(text, "a:linear"));
    cr_expect_not_null(strstr(text, "outside the bound"));
    cr_expect_not_null(strstr(text, "left out: a key: too large\n"));
    cr_expect_not_null(strstr(text, "2 points, 1 left out, 5 elements outside the bound"));
    free(text);
    vjp_study_verdicts_clear(&verdicts);
    vjp_study_table_clear(&table);
}

Test(study_output, dtype_says_where_most_of_the_error_comes_from)
{
    struct vjp_study_point points[3] = {parted(point_of("a:linear", 16, 0.5), 0x1p-4, 0x1p-5),
                                        parted(point_of("b:linear", 16, 0), 0x1p-5, 0x1p-4),
                                        point_of("c:linear", 16, 0)};
    points[1].outside = 7;
    points[1].model = "f32 of 11-bit operands";
    points[2].model = "f64";
    struct vjp_study_table table = table_of(3, points);
    struct vjp_study_verdicts verdicts;
    struct vjp_error error;
    cr_expect_float_eq(vjp_part_rms(&table.point[1].parts.all), 0x1p-5 + 0x1p-4, 1e-12);
    cr_assert_eq(vjp_study_verdicts_make(&table, &verdicts, &error), VJP_OK);
    const struct vjp_study_totals totals = vjp_study_table_count(&table);
    const struct vjp_study_output output = {"dtype", "DIR", &table, &verdicts, &totals};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_study_output_print(&output, false, out);
    fclose(out);
    const char *a = strstr(text, "\na:linear"), *b = strstr(text, "\nb:linear");
    const char *c = strstr(text, "\nc:linear");
    cr_assert(a && b && c && a < b && b < c, "%s", text);
    const char *model = strstr(b, "  f32 of 11-bit operands, outside the bound\n");
    cr_expect(model && model < c, "%s", text);
    cr_expect_not_null(strstr(c, "  f64\n"), "%s", text);
    cr_expect(!strstr(c, "operands ") && !strstr(c, "  sums "), "no parts: %s", text);
    cr_expect(strstr(a, "  operands ") && strstr(a, "  operands ") < b, "%s", text);
    cr_expect_not_null(strstr(b, "  sums "), "%s", text);
    cr_expect_not_null(strstr(b, "0.0312"), "its operands' error");
    free(text);
    vjp_study_verdicts_clear(&verdicts);
    vjp_study_table_clear(&table);
}
