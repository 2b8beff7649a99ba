/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are the same is shown by annex_test.c, too. */
#include "reports/render/coverage.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* The branches of line 1, whether lines 3 and 5 ran, and notes; line 6 never ran. */
#define RUN(ordered, first, second, third, fifth, notes)                                           \
    "{\"files\":[{\"file\":\"k.c\",\"lines\":["                                                    \
    "{\"line_number\":1,\"count\":9,\"branches\":[{\"count\":" #first "},{\"count\":" #second      \
    "}],\"ordered\":" #ordered "},{\"line_number\":3,\"count\":" #third                            \
    "},{\"line_number\":5,\"count\":" #fifth "},{\"line_number\":6,\"count\":0}],"                 \
    "\"source\":[\"if (N)\",\"\",\"    a();\",\"\",\"    b();\",\"    c();\"]," notes "}]}"

#define NOTES(from, to, text)                                                                      \
    "\"unreached\":[{\"from\":" #from ",\"to\":" #to ",\"guard\":1,\"notes\":[\"M was 1\",\"" text \
    "\"]}]"

static const char *const runs[] = {
    RUN(true, 1, 0, 0, 0, NOTES(3, 6, "N was 1")),
    RUN(true, 0, 1, 1, 0, NOTES(5, 6, "N was 2-7")),
    RUN(true, 1, 0, 0, 0, NOTES(3, 6, "N was 0")),
    RUN(false, 1, 0, 0, 1, NOTES(6, 6, "N was 8-15")),
};

/* number: of the run; 0: not told. */
static void add_run(struct vjp_coverage *all, const char *text, int number)
{
    struct vjp_coverage run = {0};
    struct vjp_error error = {""};
    json_t *json = json_loads(text, 0, NULL);
    cr_assert_not_null(json);
    cr_assert_eq(vjp_coverage_read_line(json, &run, &error), VJP_OK, "%s", error.text);
    json_decref(json);
    for (int i = 0; i < run.count; i++)
        run.file[i].run = number;
    cr_assert_eq(vjp_coverage_unite(all, &run, &error), VJP_OK, "%s", error.text);
    vjp_coverage_clear(&run);
}

static void add(struct vjp_coverage *all, const char *text)
{
    add_run(all, text, 0);
}

/* Two runs in either order: which branches they took is a sum only where they are known to be others. */
Test(coverage_unite, branches_are_those_of_either)
{
    static const struct {
        int a, b, taken;
    } pairs[] = {{0, 1, 2}, {0, 2, 1}, {0, 3, 1}, {1, 3, 1}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (int swap = 0; swap < 2; swap++) {
            struct vjp_coverage all = {0};
            add(&all, runs[swap ? pairs[i].b : pairs[i].a]);
            add(&all, runs[swap ? pairs[i].a : pairs[i].b]);
            cr_assert_eq(all.count, 1);
            cr_expect_eq(all.file[0].line[0].taken, pairs[i].taken, "%zu %d", i, swap);
            cr_expect_eq(all.file[0].line[0].branches, 2);
            vjp_coverage_clear(&all);
        }
    }
}

/* Line 3 ran in the second run, 5 in the fourth, and 6 in none; the fourth does not say how it went past line 1. */
Test(coverage_unite, what_no_run_reached_is_explained_anew)
{
    struct vjp_coverage all = {0};
    add(&all, runs[0]);
    add(&all, runs[1]);
    cr_assert_eq(all.file[0].n_gaps, 1);
    const struct vjp_coverage_gap *gap = all.file[0].gap;
    cr_expect(gap->from == 5 && gap->to == 6 && gap->guard == 1);
    cr_assert_eq(gap->n_notes, 3, "M once");
    cr_expect_str_eq(gap->note[0], "M was 1");
    cr_expect_str_eq(gap->note[1], "N was 1");
    cr_expect_str_eq(gap->note[2], "N was 2-7");
    add(&all, runs[3]);
    const struct vjp_coverage_totals t = vjp_coverage_count(&all);
    cr_expect(t.lines == 4 && t.ran == 3 && t.branches == 2 && t.taken == 2);
    gap = all.file[0].gap;
    cr_expect(all.file[0].n_gaps == 1 && gap->from == 6 && gap->to == 6 && gap->n_notes == 4);
    cr_expect_str_eq(vjp_coverage_text(&all.file[0], 6), "c();");
    vjp_coverage_clear(&all);
}

static void expect_note(const struct vjp_coverage *all, int gap, int note, const char *expected)
{
    struct vjp_text text = {0};
    cr_assert(gap < all->file[0].n_gaps && note < all->file[0].gap[gap].n_notes);
    vjp_coverage_note(&all->file[0].gap[gap], note, &text);
    cr_expect_str_eq(text.data, expected);
    vjp_text_clear(&text);
}

/* A note is of the runs whose cases were so, by their numbers, each once also where a run has two gaps behind the guard; of
 * one run alone that goes without saying. */
Test(coverage_unite, notes_say_of_which_runs_they_are)
{
    static const char twice[] =
        RUN(true, 1, 0, 0, 0,
            "\"unreached\":[{\"from\":3,\"to\":3,\"guard\":1,\"notes\":[\"N was 0\"]},"
            "{\"from\":5,\"to\":6,\"guard\":1,\"notes\":[\"N was 0\"]}]");
    struct vjp_coverage all = {0};
    add_run(&all, runs[0], 2);
    expect_note(&all, 0, 0, "M was 1");
    add_run(&all, runs[1], 3);
    add_run(&all, twice, 11);
    add_run(&all, runs[2], 1);
    add_run(&all, runs[1], 0);
    cr_assert_eq(all.file[0].n_gaps, 1);
    cr_assert_eq(all.file[0].gap[0].n_notes, 4);
    expect_note(&all, 0, 0, "runs 2, 3, 1, not told: M was 1");
    expect_note(&all, 0, 1, "run 2: N was 1");
    expect_note(&all, 0, 2, "runs 3, not told: N was 2-7");
    expect_note(&all, 0, 3, "runs 11, 1: N was 0");
    vjp_coverage_clear(&all);
}

/* Optimised otherwise, a line has other branches, and other lines have code. */
Test(coverage_unite, the_build_with_more_branches_has_the_say)
{
    static const char *const builds[] = {
        "{\"gcovr/"
        "format_version\":\"0.3\",\"files\":[{\"file\":\"k.c\",\"source\":[\"x\"],\"lines\":["
        "{\"line_number\":1,\"count\":1,\"branches\":[{\"count\":1},{\"count\":1}]}]}]}",
        "{\"gcovr/"
        "format_version\":\"0.3\",\"files\":[{\"file\":\"k.c\",\"source\":[\"x\"],\"lines\":["
        "{\"line_number\":1,\"count\":0,\"branches\":[{\"count\":0},{\"count\":0},{\"count\":0}]},"
        "{\"line_number\":2,\"count\":0}]}]}"};
    for (int first = 0; first < 2; first++) {
        struct vjp_coverage all = {0};
        add(&all, builds[first]);
        add(&all, builds[1 - first]);
        cr_assert(all.count == 1 && all.file[0].count == 2);
        const struct vjp_coverage_line *line = all.file[0].line;
        cr_expect(line[0].ran && line[0].branches == 3 && line[0].taken == 0, "%d", first);
        cr_expect(line[1].number == 2 && !line[1].ran);
        vjp_coverage_clear(&all);
    }
}

/* Of gcovr's file the source is not known: its lines have to be the same. */
Test(coverage_unite, files_without_a_source)
{
    static const char text[] =
        "{\"gcovr/format_version\":\"0.3\",\"files\":[{\"file\":\"k.c\",\"lines\":["
        "{\"line_number\":%d,\"count\":%d}]}]}";
    static const struct {
        int number, count, files, ran;
    } steps[] = {{1, 0, 1, 0}, {1, 1, 1, 1}, {2, 0, 2, 1}, {2, 1, 2, 2}, {1, 0, 2, 2}};
    struct vjp_coverage all = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char run[256];
        snprintf(run, sizeof run, text, steps[i].number, steps[i].count);
        add(&all, run);
        cr_assert_eq(all.count, steps[i].files, "%zu", i);
        cr_expect_eq(vjp_coverage_count(&all).ran, steps[i].ran, "%zu", i);
    }
    cr_expect_str_eq(vjp_coverage_label(&all.file[1]), "k.c (2)");
    vjp_coverage_clear(&all);
}
