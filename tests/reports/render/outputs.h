/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_OUTPUTS_H
#define VJP_TESTS_REPORTS_RENDER_OUTPUTS_H

#include "reports/render/report.h"
#include "tests/reports/render/fixture.h"

/* Names that would break out of whatever they stand in. */
#define HOSTILE "</script><script>alert(1)</script>\"'`|&%#\\ \n::error::\xff"

/* Records of every kind; the failure has all that a record can say. */
static inline struct vjp_record hostile_record(void)
{
    struct vjp_record record = make_record("./a b.so:" HOSTILE, "f32", VJP_VERDICT_WRONG, 7);
    record.line = "linear dtype=f32 N=1 # " HOSTILE;
    record.reason = "because " HOSTILE;
    record.replay = "vjpcheck run 'x' " HOSTILE;
    record.accumulate = "f32";
    record.traits = "flushes";
    record.gradient[0].outside = 1;
    record.gradient[0].worst = (struct vjp_record_worst){.element = "dx[0,1]",
                                                         .got = "0.1",
                                                         .got_hex = "0x1.99999ap-4",
                                                         .want = "0.5",
                                                         .want_hex = "0x1p-1",
                                                         .exact = "0.5",
                                                         .bound_by = "sum",
                                                         .error = 0.4,
                                                         .ulp = 6710886,
                                                         .bound = 1e-6,
                                                         .ratio = 4e5,
                                                         .scale = 2,
                                                         .terms = 4};
    record.gradient[0].map =
        (struct vjp_record_map){.cells = ".#", .rows = 1, .cols = 2, .high = 1, .wide = 1};
    return record;
}

/* The file that a rendering of a run of three records writes; to be freed. options: where to, "PATH" for the file. */
static inline char *render(enum vjp_rendering rendering, const struct vjp_find_record *find)
{
    static const struct vjp_run_plugin plugin = {
        .target = "./a b.so", .name = HOSTILE, .version = "1", .sha256 = "00ff"};
    static const struct vjp_run_info run = {.version = "9.9",
                                            .command = "vjpcheck check " HOSTILE,
                                            .started = "2026-01-02T03:04:05Z",
                                            .cpu = "a CPU <x>",
                                            .system = "Linux",
                                            .compiler = "a compiler",
                                            .libraries = "MPFR 4",
                                            .processors = 2,
                                            .n_plugins = 1,
                                            .plugin = &plugin};
    const struct vjp_run_header header = {.version = "9.9", .title = "title " HOSTILE, .run = &run};
    char folder[64], path[96];
    struct vjp_report_options options = {0};
    struct vjp_report report;
    struct vjp_error error = {""};
    struct vjp_record failure = hostile_record();
    struct vjp_record good = make_record("b:k", "f64", VJP_VERDICT_EXACT, 1);
    struct vjp_record silent = make_record("b:k", "f64", VJP_VERDICT_UNSUPPORTED, 1);
    silent.reason = "does not # take <it>";
    snprintf(path, sizeof path, "%s/out", make_folder(folder));
    const char **const paths[VJP_RENDERINGS] = {&options.json, &options.junit,    &options.sarif,
                                                &options.tap,  &options.markdown, &options.html};
    *paths[rendering] = path;
    cr_assert_not_null(freopen("/dev/null", "w", stdout));
    cr_assert_eq(vjp_report_begin(&options, &header, &report, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_report_add(&report, &good, &error), VJP_OK);
    cr_assert_eq(vjp_report_add(&report, &failure, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_report_add(&report, &silent, &error), VJP_OK);
    if (find)
        cr_assert_eq(vjp_report_add_find(&report, find, &error), VJP_OK);
    cr_assert_eq(vjp_report_end(&report, &options, &error), VJP_OK, "%s", error.text);
    vjp_report_clear(&report);
    char *text = read_whole(path);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
    return text;
}

#endif
