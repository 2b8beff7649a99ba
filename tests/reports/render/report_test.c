/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every rendering of one run: where each of them goes, and what is left of a run that ends early. */
#include "reports/render/report.h"

#include "tests/reports/render/fixture.h"

#include <unistd.h>

static const struct vjp_run_header header = {.version = "9.9",
                                             .seed = 0x1f,
                                             .cases = 2,
                                             .checks = 2,
                                             .n_targets = 1,
                                             .targets = (const char *const[]){"a:k"}};

/* What goes to the standard streams goes to files of this folder. */
struct place {
    char folder[64];
    char json[96], junit[96], out[96], err[96];
};

static void place_open(struct place *place)
{
    make_folder(place->folder);
    snprintf(place->json, sizeof place->json, "%s/json", place->folder);
    snprintf(place->junit, sizeof place->junit, "%s/junit", place->folder);
    snprintf(place->out, sizeof place->out, "%s/out", place->folder);
    snprintf(place->err, sizeof place->err, "%s/err", place->folder);
    cr_assert_not_null(freopen(place->out, "w", stdout));
    cr_assert_not_null(freopen(place->err, "w", stderr));
}

static void place_close(const struct place *place)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", place->folder);
    cr_expect_eq(system(command), 0);
}

static bool exists(const char *path, const char *ending)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s", path, ending);
    return access(name, F_OK) == 0;
}

/* A run of two checks, one exact and one wrong; what the last step says. */
static enum vjp_status run(const struct vjp_report_options *options, struct vjp_error *error)
{
    struct vjp_report report;
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_EXACT, 1);
    cr_assert_eq(vjp_report_begin(options, &header, &report, error), VJP_OK, "%s", error->text);
    cr_assert_eq(vjp_report_add(&report, &record, error), VJP_OK, "%s", error->text);
    record = make_record("b:k", "f32", VJP_VERDICT_WRONG, 1);
    cr_assert_eq(vjp_report_add(&report, &record, error), VJP_OK, "%s", error->text);
    cr_expect_eq(report.summary.totals.checks, 2);
    const enum vjp_status status = vjp_report_end(&report, options, error);
    vjp_report_clear(&report);
    fflush(stderr);
    return status;
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

Test(report, without_files_the_summary_is_all)
{
    struct place place;
    struct vjp_error error;
    place_open(&place);
    cr_expect_eq(run(&(struct vjp_report_options){0}, &error), VJP_OK);
    char *out = read_whole(place.out);
    expect_in(out, "vjpcheck 9.9, seed 0x1f, 2 cases\n\n");
    expect_in(out, "\na:k ");
    expect_in(out, "1 failed");
    cr_expect_not(exists(place.json, "") || exists(place.junit, ""));
    free(out);
    place_close(&place);
}

Test(report, files_stand_under_their_names_in_the_end)
{
    struct place place;
    struct vjp_error error;
    place_open(&place);
    const struct vjp_report_options options = {
        .json = place.json, .junit = place.junit, .only_failed = true};
    cr_expect_eq(run(&options, &error), VJP_OK, "%s", error.text);
    char *json = read_whole(place.json);
    char *junit = read_whole(place.junit);
    char *out = read_whole(place.out);
    cr_assert(json && junit && out);
    cr_expect_eq(count_lines(json), 4, "%s", json); /* header, two checks, summary */
    expect_in(json, "\"seed\":\"0x1f\"");
    expect_in(json, "\"verdict\":\"wrong\"");
    expect_in(junit, "tests=\"2\"");
    expect_in(out, "\nb:k ");
    expect_not_in(out, "\na:k ");
    cr_expect_not(exists(place.json, ".partial") || exists(place.junit, ".partial"));
    free(json);
    free(junit);
    free(out);
    place_close(&place);
}

/* A stream on the standard output stays one: the summary goes elsewhere. */
Test(report, a_stream_on_stdout_has_it_alone)
{
    struct place place;
    struct vjp_error error;
    place_open(&place);
    cr_expect_eq(run(&(struct vjp_report_options){.json = "-"}, &error), VJP_OK);
    fflush(stdout);
    char *out = read_whole(place.out);
    char *err = read_whole(place.err);
    cr_expect_eq(count_lines(out), 4, "%s", out);
    expect_not_in(out, "vjpcheck 9.9");
    expect_in(err, "vjpcheck 9.9, seed 0x1f, 2 cases\n");
    expect_in(err, "1 failed");
    free(out);
    free(err);
    place_close(&place);
}

Test(report, a_run_that_ends_early_leaves_no_whole_file)
{
    struct place place;
    struct vjp_report report;
    struct vjp_error error;
    place_open(&place);
    const struct vjp_report_options options = {.json = place.json, .junit = place.junit};
    cr_assert_eq(vjp_report_begin(&options, &header, &report, &error), VJP_OK);
    vjp_report_clear(&report);
    cr_expect_not(exists(place.json, "") || exists(place.junit, ""));
    cr_expect(exists(place.json, ".partial") && exists(place.junit, ".partial"));
    vjp_report_clear(&report); /* once more does nothing */
    place_close(&place);
}

Test(report, a_file_that_cannot_be_opened_ends_it_before_it_begins)
{
    struct place place;
    struct vjp_report report = {.checks = 77};
    struct vjp_error error;
    place_open(&place);
    const struct vjp_report_options options = {.json = place.json, .junit = "/nowhere/junit"};
    cr_expect_neq(vjp_report_begin(&options, &header, &report, &error), VJP_OK);
    expect_in(error.text, "/nowhere/junit");
    cr_expect_eq(report.checks, 77, "nothing is written on failure");
    place_close(&place);
}

Test(report, a_summary_that_cannot_be_written_is_a_failure)
{
    struct place place;
    struct vjp_error error;
    place_open(&place);
    cr_assert_not_null(freopen("/dev/full", "w", stdout));
    cr_expect_eq(run(&(struct vjp_report_options){0}, &error), VJP_ERR_IO);
    expect_in(error.text, "No space left on device");
    place_close(&place);
}
