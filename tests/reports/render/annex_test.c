/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/annex_scene.h"

#define POINT                                                                                      \
    "{\"type\":\"gap\",\"key\":\"x\",\"kernel\":\"one:k\",\"layer\":\"linear\",\"dtype\":\"f32\"," \
    "\"accumulate\":\"f32\",\"gradient\":\"dx\",\"values\":\"normal\",\"axis\":\"K\",\"size\":4,"  \
    "\"why\":\"no answer\",\"failed\":true"

/* The same line of the same seed and plug-in is one point; of another, one of another series. */
Test(annex, runs_of_a_study_are_told_apart_and_not_counted_twice)
{
    struct vjp_annex annex = {.open = false};
    static const struct {
        const char *header, *label;
        bool is_new;
    } runs[] = {{STUDY_HEADER("0x1", "aa"), "one:k", true},
                {STUDY_HEADER("0x1", "aa"), "one:k", false},
                {STUDY_HEADER("0x2", "aa"), "one:k (2)", true},
                {STUDY_HEADER("0x2", "bb"), "one:k (3)", true},
                {STUDY_HEADER("0x2", "aa"), "one:k (2)", false}};
    int64_t count = 0;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        vjp_annex_begin(&annex);
        annex_add(&annex, runs[i].header);
        cr_expect_eq(annex_add(&annex, POINT "}"), runs[i].is_new, "%zu", i);
        count += runs[i].is_new;
        const struct vjp_study_table *table = &annex.study[0].table;
        cr_assert_eq(table->count, count);
        if (runs[i].is_new)
            cr_expect_str_eq(table->point[count - 1].kernel, runs[i].label);
    }
    cr_assert_eq(annex.n_sources, 3);
    cr_expect_str_eq(annex.source[2].origin, "seed 0x2, plug-in bb");
    const struct vjp_annex_totals totals = vjp_annex_count(&annex);
    cr_expect(totals.points.gaps == 3 && totals.points.failed == 3 && totals.points.points == 0);
    cr_expect(vjp_annex_failed(&totals) && !vjp_annex_is_conclusive(&totals));
    vjp_annex_clear(&annex);
}

/* By itself, or by the line before it in its file: of another file it says nothing. */
Test(annex, a_point_needs_a_study)
{
    struct vjp_annex annex = {.open = false};
    struct vjp_error error = {""};
    bool is_new;
    annex_add(&annex, STUDY_HEADER("0x1", "aa"));
    vjp_annex_begin(&annex);
    cr_expect_eq(annex_try(&annex, POINT "}", &is_new, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "\"study\": expected growth, condition or dtype"), "%s",
                       error.text);
    cr_expect_eq(annex_try(&annex, POINT ",\"study\":\"order\"}", &is_new, &error), VJP_ERR_USAGE);
    cr_expect(annex_add(&annex, POINT ",\"study\":\"dtype\"}"));
    cr_expect_eq(annex.study[2].table.count, 1);
    vjp_annex_clear(&annex);
}

Test(annex, all_of_it_is_counted)
{
    struct vjp_annex annex = {.open = false};
    cr_expect(vjp_annex_is_empty(&annex));
    annex_fill(&annex);
    cr_expect_not(vjp_annex_is_empty(&annex));
    const struct vjp_annex_totals t = vjp_annex_count(&annex);
    cr_expect(t.points.points == 3 && t.points.outside == 7);
    cr_expect(t.revealed == 1 && t.certified == 1);
    cr_expect(t.selftests == 1 && t.refused == 1 && t.covered_files == 1);
    cr_expect(vjp_annex_failed(&t) && vjp_annex_is_conclusive(&t));
    /* Twice is once. */
    annex_fill(&annex);
    const struct vjp_annex_totals again = vjp_annex_count(&annex);
    cr_expect(again.points.points == 3 && again.revealed == 1);
    cr_expect(again.selftests == 1 && again.covered_files == 1);
    cr_expect(annex.n_orders == 1 && annex.selftest[0].n_plants == 4);
    vjp_annex_clear(&annex);
}

/* As the study writes it: once, however often it is there. */
Test(annex, gradients_without_an_order_are_shown)
{
    struct vjp_annex annex = {.open = false};
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = strdup("memory")};
    cr_assert_eq(vjp_order_json_gap(&sink, "layernorm dx", "no sum", 3, &error), VJP_OK);
    vjp_sink_clear(&sink);
    annex_add(&annex, STUDY_HEADER("0x1", "aa"));
    cr_expect(annex_add(&annex, text));
    cr_expect_not(annex_add(&annex, text));
    cr_assert_eq(annex.n_order_gaps, 1);
    cr_expect_str_eq(annex.order_gap[0].gradient, "layernorm dx");
    cr_expect_str_eq(annex.order_gap[0].why, "no sum");
    cr_expect_eq(annex.order_gap[0].shapes, 3);
    free(text);
    vjp_annex_clear(&annex);
}

/* Lines of the same run with other words of its cases; of another source of this name; and of one that nobody knows. */
Test(annex, coverages_of_a_file_are_one)
{
    static const char other[] =
        "{\"type\":\"coverage\",\"files\":[{\"file\":\"k<1>.c\",\"lines\":["
        "{\"line_number\":1,\"count\":0},{\"line_number\":2,\"count\":1}]%s}]}";
    static const char *const sources[] = {",\"source\":[\"if (N > <9>)\",\"  tail();\"]",
                                          ",\"source\":[\"if (N > <9>)\",\"  more();\"]", ""};
    static const char *const labels[] = {"k<1>.c", "k<1>.c (2)", "k<1>.c (3)"};
    struct vjp_annex annex = {.open = false};
    annex_add(&annex, COVERAGE_LINE);
    for (int i = 0; i < 3; i++) {
        char text[512];
        snprintf(text, sizeof text, other, sources[i]);
        cr_expect(annex_add(&annex, text));
        cr_expect_not(annex_add(&annex, text));
        cr_assert_eq(annex.coverage.count, i + 1);
        cr_expect_str_eq(vjp_coverage_label(&annex.coverage.file[i]), labels[i]);
    }
    const struct vjp_coverage_totals t = vjp_coverage_count_file(&annex.coverage.file[0]);
    cr_expect(t.lines == 2 && t.ran == 2 && annex.coverage.file[0].n_gaps == 0);
    vjp_annex_clear(&annex);
}
