/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/merging.h"

#include "reports/cli/cli.h"
#include "reports/render/json.h"
#include "tests/reports/render/fixture.h"

#include <unistd.h>

static char folder[64];
static struct vjp_error error;

/* A saved run of one record, with what ran where; complete false: without a summary. */
static void save(const char *name, const char *line, enum vjp_verdict verdict, const char *started,
                 bool complete)
{
    char path[128];
    struct vjp_sink sink = {0};
    struct vjp_totals totals = {0};
    const struct vjp_run_info run = {.version = "1", .started = started};
    const struct vjp_run_header header = {.version = "1", .run = &run};
    struct vjp_record record = make_record("a:k", "f32", verdict, 1);
    record.line = line;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_json_write_header(&sink, &header, &error), VJP_OK);
    cr_assert_eq(vjp_json_write_record(&sink, &record, &error), VJP_OK);
    if (complete)
        cr_assert_eq(vjp_json_write_summary(&sink, &totals, 2, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
}

static void add(struct vjp_merging *m, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(vjp_merging_add(m, path, &error), VJP_OK, "%s", error.text);
}

Test(merging, several_runs_become_one)
{
    const struct vjp_report_options options = {.github = true}; /* so that the report keeps runs */
    struct vjp_merging m = {0};
    char command[128];
    make_folder(folder);
    save("a", "one", VJP_VERDICT_PASS, "monday", true);
    save("b", "one", VJP_VERDICT_EXACT, "tuesday", true);
    save("c", "two", VJP_VERDICT_PASS, "monday", false);
    cr_assert_not_null(freopen("/dev/null", "w", stderr));
    cr_assert_eq(vjp_merging_begin(&options, 4, &m, &error), VJP_OK);
    add(&m, "a");
    add(&m, "b");
    add(&m, "a");
    cr_expect_eq(vjp_merging_conclude(&m), VJP_EXIT_SOUND);
    add(&m, "c");
    cr_expect_eq(m.duplicates, 1);
    cr_expect_eq(m.contrary, 1);
    cr_expect_eq(m.report.incomplete, 1);
    cr_expect_eq(m.seconds, 6);
    cr_expect_eq(m.report.summary.totals.checks, 3);
    cr_expect_eq(m.report.dossier.n_runs, 2, "monday, tuesday: %d", m.report.dossier.n_runs);
    cr_expect_eq(vjp_merging_conclude(&m), VJP_EXIT_USAGE);
    save("d", "three", VJP_VERDICT_WRONG, "monday", true);
    add(&m, "d");
    cr_expect_eq(vjp_merging_conclude(&m), VJP_EXIT_FAILED);
    vjp_merging_clear(&m);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

/* A run that covered a file of two lines, the second of which it did not reach. */
static void save_coverage(const char *name, const char *started, const char *note)
{
    char path[128];
    struct vjp_sink sink = {0};
    const struct vjp_run_info run = {.version = "1", .started = started};
    const struct vjp_run_header header = {.version = "1", .run = &run};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    if (started)
        cr_assert_eq(vjp_json_write_header(&sink, &header, &error), VJP_OK);
    fprintf(
        sink.file,
        "{\"type\":\"coverage\",\"files\":[{\"file\":\"k.c\",\"lines\":[{\"line_number\":1,"
        "\"count\":1,\"branches\":[{\"count\":1},{\"count\":0}]},{\"line_number\":2,"
        "\"count\":0}],\"source\":[\"if (N)\",\"    a();\"],\"unreached\":[{\"from\":2,\"to\":2,"
        "\"guard\":1,\"notes\":[\"%s\"]}]}]}\n",
        note);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
}

/* By the numbers that "What ran where" has. */
Test(merging, notes_on_coverage_say_of_which_run_they_are)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    static const char *const notes[] = {"run 2: N was 1", "run 3: N was 2",
                                        "run not told: N was 3"};
    const struct vjp_report_options options = {.github = true};
    struct vjp_merging m = {0};
    char command[128];
    make_folder(folder);
    save("a", "one", VJP_VERDICT_PASS, "monday", true);
    save_coverage("b", "tuesday", "N was 1");
    save_coverage("c", "wednesday", "N was 2");
    save_coverage("d", NULL, "N was 3");
    cr_assert_not_null(freopen("/dev/null", "w", stderr));
    cr_assert_eq(vjp_merging_begin(&options, 4, &m, &error), VJP_OK);
    for (int i = 0; i < 4; i++)
        add(&m, names[i]);
    cr_assert_eq(m.report.annex.coverage.count, 1);
    const struct vjp_coverage_file *file = m.report.annex.coverage.file;
    cr_assert(file->n_gaps == 1 && file->gap[0].n_notes == 3);
    for (int i = 0; i < 3; i++) {
        struct vjp_text note = {0};
        vjp_coverage_note(&file->gap[0], i, &note);
        cr_expect_str_eq(note.data, notes[i]);
        vjp_text_clear(&note);
    }
    vjp_merging_clear(&m);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}
