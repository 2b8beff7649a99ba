/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/baseline.h"

#include "tests/reports/render/baselines.h"

TestSuite(baseline, .fini = clear);

Test(baseline, three_digits_rounded_up)
{
    static const double table[][2] = {{0.97612, 0.977}, {0.977, 0.977},      {0.9991, 1},
                                      {1, 1},           {123.4, 124},        {4e-13, 0},
                                      {0, 0},           {2.5001e-7, 2.51e-7}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_baseline_round(table[i][0]), table[i][1], "%g: %.17g", table[i][0],
                     vjp_baseline_round(table[i][0]));
    cr_expect(isinf(vjp_baseline_round((double)INFINITY)));
    cr_expect(isnan(vjp_baseline_round((double)NAN)));
    cr_expect_eq(vjp_baseline_round(0x1p-40), 9.1e-13); /* 9.0949e-13 */
}

Test(baseline, is_read_as_it_was_written_and_sorted)
{
    char path[] = "/tmp/vjpcheck-baseline-XXXXXX";
    struct vjp_baseline read = {0};
    int changes;
    cr_assert_neq(mkstemp(path), -1);
    add("z:k", "linear", "c1", VJP_VERDICT_WRONG, (double)INFINITY);
    add("/tmp/somewhere/mine.so:mine", "gelu", "c1", VJP_VERDICT_PASS, 0.25);
    add("z:k", "linear", "c2", VJP_VERDICT_UNSUPPORTED, 0);
    struct vjp_baseline baseline = make();
    cr_assert_eq(vjp_baseline_write(path, &baseline, &error), VJP_OK, "%s", error.text);
    char *text = read_whole(path);
    cr_expect_eq(strncmp(text,
                         "{\"type\":\"baseline\",\"format\":1}\n"
                         "{\"kernel\":\"mine.so\",\"dtype\":\"f32\",\"layer\":\"gelu\","
                         "\"verdict\":\"pass\",\"error_over_bound\":\"0.25\","
                         "\"verdicts\":{\"pass\":1},\"cases\":\"0x",
                         100),
                 0, "%s", text);
    cr_assert_eq(vjp_baseline_read(path, &read, &error), VJP_OK, "%s", error.text);
    char *said = compare(&baseline, &read, &changes);
    cr_expect_eq(changes, 0, "%s", said);
    cr_expect_eq(read.count, 2);
    cr_expect(read.row[1].totals.checks == 2 && isinf(read.row[1].ratio));
    free(said);
    free(text);
    vjp_baseline_clear(&read);
    vjp_baseline_clear(&baseline);
    unlink(path);
}

#define TWICE(kernel)                                                                              \
    "{\"kernel\":\"" kernel "\",\"dtype\":\"f32\",\"layer\":\"l\",\"error_over_bound\":\"1\","     \
    "\"verdicts\":{},\"cases\":\"0x1\"}\n"

Test(baseline, what_is_none_is_refused)
{
    static const char first[] = "{\"type\":\"baseline\",\"format\":1}\n";
    static const char *const rows[] = {
        "{}\n", "nonsense\n",
        "{\"kernel\":\"k\",\"dtype\":\"f32\",\"layer\":\"l\",\"error_over_bound\":\"x\","
        "\"verdicts\":{},\"cases\":\"0x1\"}\n",
        "{\"kernel\":\"k\",\"dtype\":\"f32\",\"layer\":\"l\",\"error_over_bound\":\"1\","
        "\"verdicts\":{\"perfect\":1},\"cases\":\"0x1\"}\n",
        TWICE("a\\u001b[31m") TWICE("a\\u001b[31m")};
    char path[] = "/tmp/vjpcheck-baseline-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows + 3; i++) {
        static const char *const heads[] = {"", "{\"type\":\"header\"}\n",
                                            "{\"type\":\"baseline\",\"format\":2}\n"};
        struct vjp_baseline baseline = {0};
        FILE *file = fopen(path, "w");
        fprintf(file, "%s%s", i < 3 ? heads[i] : first, i < 3 ? "" : rows[i - 3]);
        fclose(file);
        cr_expect_eq(vjp_baseline_read(path, &baseline, &error), VJP_ERR_USAGE, "%zu", i);
        expect_in(error.text, path);
        cr_expect_null(strchr(error.text, '\033'), "%s", error.text);
        vjp_baseline_clear(&baseline);
    }
    unlink(path);
    cr_expect_eq(vjp_baseline_read(path, &(struct vjp_baseline){0}, &error), VJP_ERR_USAGE);
    expect_in(error.text, "--update-baseline writes it");
}

/* A file of other hands: more digits than are written are rounded as they would have been; what stands in it is not obeyed
 * by a terminal. */
Test(baseline, a_file_of_other_hands)
{
    char path[] = "/tmp/vjpcheck-baseline-XXXXXX";
    struct vjp_baseline file = {0}, none = {0};
    int changes;
    cr_assert_neq(mkstemp(path), -1);
    FILE *out = fopen(path, "w");
    fputs("{\"type\":\"baseline\",\"format\":1}\n"
          "{\"kernel\":\"k\\u001b\",\"dtype\":\"f32\\u001b\",\"layer\":\"l\","
          "\"error_over_bound\":\"0.97612\",\"verdicts\":{},\"cases\":\"0x1\"}\n",
          out);
    fclose(out);
    cr_assert_eq(vjp_baseline_read(path, &file, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(file.row[0].ratio, 0.977);
    char *said = compare(&file, &none, &changes);
    cr_expect_str_eq(said, "  k? f32?: was not checked, but is in the baseline\n");
    free(said);
    vjp_baseline_clear(&file);
    unlink(path);
}
