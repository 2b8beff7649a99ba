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

/* The plants of selftest_scene.h, with what their classes say. */
Test(annex, a_self_test_is_read_again)
{
    struct vjp_annex annex = {.open = false};
    annex_add_all(&annex, annex_selftest_lines());
    cr_assert_eq(annex.n_selftests, 1);
    const struct vjp_annex_selftest *s = &annex.selftest[0];
    cr_assert(s->concluded && s->n_plants == 4 && s->n_alarms == 1);
    cr_expect_str_eq(s->plant[0].name, "one");
    struct vjp_kill *kills = vjp_annex_kills(s);
    struct vjp_score score;
    cr_assert_eq(vjp_score_class(kills, 4, 5, &score, NULL), VJP_OK);
    cr_expect_eq(score.plants, 2);
    cr_expect(score.fate[VJP_FATE_CAUGHT] == 1 && score.fate[VJP_FATE_PINNED] == 1);
    cr_expect_eq(score.cases, 13, "of 12 and 14");
    cr_expect_eq(score.elements, 7);
    free(kills);
    cr_expect_eq(s->conclusion.seed, 0x1f);
    cr_expect_eq(s->conclusion.false_alarms, 1);
    cr_expect_eq(s->rule[0].defects.refuse, 1234);
    cr_expect_not(vjp_annex_passed(s));
    vjp_annex_clear(&annex);
}

/* A run that was cut off: what is known so far of a plant gives way to what is known later, and is no success. */
Test(annex, a_self_test_that_was_cut_is_read)
{
    struct vjp_annex annex = {.open = false};
    char *text = annex_selftest_lines();
    char *last = strstr(text, "{\"type\":\"summary\"");
    cr_assert_not_null(last);
    *last = '\0';
    char *first = strndup(text, (size_t)(strchr(text, '\n') - text));
    annex_add(&annex, first);
    free(first);
    cr_assert(annex.n_selftests == 1 && annex.selftest[0].n_plants == 1);
    cr_expect_eq(vjp_kill_fate(&annex.selftest[0].plant[0].kill), VJP_FATE_MISSED);
    annex_add_all(&annex, text);
    cr_assert_eq(annex.n_selftests, 1);
    const struct vjp_annex_selftest *s = &annex.selftest[0];
    cr_expect_eq(s->n_plants, 4);
    cr_expect_eq(vjp_kill_fate(&s->plant[0].kill), VJP_FATE_CAUGHT);
    cr_expect(s->has_correct && !s->concluded && s->n_alarms == 1);
    cr_expect(s->conclusion.correct_verdicts == 1500 && s->conclusion.false_alarms == 1);
    vjp_annex_clear(&annex);
}

/* Of a plant that was done with, another line is another run's, and hides nothing. */
Test(annex, what_is_known_of_a_plant_is_not_written_over)
{
    static const char line[] =
        "{\"type\":\"%s\",\"plant\":\"p\",\"classes\":[1],\"named\":\"wrong\",\"fate\":\"%s\","
        "\"campaigns\":[{\"ran\":true,\"cases\":1,\"seconds\":0.5%s}],\"replay\":\"\"}";
    static const struct {
        const char *type, *fate, *caught;
        int plants;
    } lines[] = {{"plant_so_far", "missed", "", 1},
                 {"plant", "missed", "", 1},
                 {"plant_so_far", "caught", ",\"verdict\":\"wrong\"", 2},
                 {"plant", "caught", ",\"verdict\":\"wrong\"", 2}};
    struct vjp_annex annex = {.open = false};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[512];
        snprintf(text, sizeof text, line, lines[i].type, lines[i].fate, lines[i].caught);
        annex_add(&annex, text);
        cr_expect_eq(annex.selftest[0].n_plants, lines[i].plants, "%zu", i);
    }
    cr_expect_eq(vjp_kill_fate(&annex.selftest[0].plant[0].kill), VJP_FATE_MISSED);
    vjp_annex_clear(&annex);
}

/* A summary that says so is not enough, and neither are plants without one. */
Test(annex, a_self_test_passes_only_if_all_says_so)
{
    static const char plant[] =
        "{\"type\":\"plant\",\"plant\":\"p\",\"classes\":[1],\"named\":\"wrong\",\"fate\":\"%s\","
        "\"campaigns\":[{\"ran\":true,\"cases\":1,\"seconds\":0.5%s}],\"replay\":\"\"}";
    static const char summary[] =
        "{\"type\":\"summary\",\"version\":\"0\",\"seed\":\"0x1\",\"seeds\":1,\"max_dim\":8,"
        "\"plants\":1,\"correct_verdicts\":%d,\"correct_wanted\":5,\"correct_inconclusive\":0,"
        "\"false_alarms\":%d,\"without_answer\":0,\"passed\":%s,\"seconds\":1}";
    static const struct {
        const char *fate, *caught;
        int verdicts, alarms;
        const char *passed;
        bool expected;
    } runs[] = {{"caught", ",\"verdict\":\"wrong\"", 5, 0, "true", true},
                {"caught", ",\"verdict\":\"wrong\"", 5, 0, "false", false},
                {"caught", ",\"verdict\":\"wrong\"", 4, 0, "true", false},
                {"caught", ",\"verdict\":\"wrong\"", 5, 1, "true", false},
                {"missed", "", 5, 0, "true", false}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct vjp_annex annex = {.open = false};
        char text[512];
        snprintf(text, sizeof text, plant, runs[i].fate, runs[i].caught);
        annex_add(&annex, text);
        cr_expect_not(vjp_annex_passed(&annex.selftest[0]), "without a summary");
        snprintf(text, sizeof text, summary, runs[i].verdicts, runs[i].alarms, runs[i].passed);
        annex_add(&annex, text);
        cr_expect_eq(vjp_annex_passed(&annex.selftest[0]), runs[i].expected, "%zu", i);
        vjp_annex_clear(&annex);
    }
}
