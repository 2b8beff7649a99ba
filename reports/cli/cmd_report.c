/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/cli/merging.h"

#include <limits.h>

enum { HTML, JUNIT, SARIF, TAP, MARKDOWN, GITHUB, JSON, ONLY_FAILED };

static const struct vjp_option options[] = {
    [HTML] = {"html", "FILE", "write one page of HTML, which needs nothing else"},
    [JUNIT] = {"junit", "FILE", "write JUnit XML"},
    [SARIF] = {"sarif", "FILE", "write SARIF 2.1.0"},
    [TAP] = {"tap", "FILE", "write TAP 14"},
    [MARKDOWN] = {"markdown", "FILE", "write Markdown"},
    [GITHUB] = {"github", NULL, "print annotations, and add to $GITHUB_STEP_SUMMARY"},
    [JSON] = {"json", "FILE", "write the union of the streams"},
    [ONLY_FAILED] = {"only-failed", NULL, "print only rows with a failure"},
    {0},
};

static enum vjp_status report(const struct vjp_arguments *arguments,
                              const struct vjp_report_options *r, struct vjp_merging *m,
                              struct vjp_error *error)
{
    bool any = r->github;
    for (int i = 0; i < VJP_RENDERINGS; i++)
        any |= vjp_report_path(r, (enum vjp_rendering)i) != NULL;
    if (!any)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing to write: expected --html, --junit, --sarif, --tap, --markdown, "
                        "--json or --github; \"vjpcheck merge\" prints a summary");
    enum vjp_status status = vjp_report_check(r, error);
    if (status == VJP_OK)
        status = vjp_merging_begin(r, arguments->n_operands, m, error);
    for (int i = 0; i < arguments->n_operands && status == VJP_OK; i++)
        status = vjp_merging_add(m, arguments->operands[i], error);
    return status == VJP_OK ? vjp_merging_end(m, r, error) : status;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    const struct vjp_report_options r = {.json = value[JSON],
                                         .junit = value[JUNIT],
                                         .sarif = value[SARIF],
                                         .tap = value[TAP],
                                         .markdown = value[MARKDOWN],
                                         .html = value[HTML],
                                         .github = value[GITHUB] != NULL,
                                         .only_failed = value[ONLY_FAILED] != NULL};
    struct vjp_merging m = {0};
    struct vjp_error error;
    const enum vjp_status status = report(arguments, &r, &m, &error);
    const int code = status == VJP_OK ? vjp_merging_conclude(&m) : vjp_cli_fail(status, &error);
    vjp_merging_clear(&m);
    return code;
}

const struct vjp_command vjp_command_report = {
    .name = "report",
    .operands = "RUN.jsonl...",
    .summary = "render saved runs: HTML, JUnit, SARIF, TAP, Markdown",
    .help =
        "RUN.jsonl is what \"check --json\" or \"fuzz --json\" wrote; \"-\" is the standard "
        "input.\n"
        "Several are one run: what is there twice counts once. Among them may be the .jsonl of\n"
        "studies, what \"selftest --json\" wrote, and coverage.jsonl or coverage.json of\n"
        "\"coverage\": the page shows plots, trees, the kill table and the lines.\n\n"
        "  vjpcheck check ./mine.so --json run.jsonl\n"
        "  vjpcheck report run.jsonl --html report.html --junit junit.xml --sarif report.sarif\n"
        "  vjpcheck report run.jsonl growth/*.jsonl order/*.jsonl --html report.html\n\n"
        "FILE may be \"-\", the standard output; the summary goes to the standard error then.\n"
        "The page is one file that fetches nothing, opens from disk, and can be read without\n"
        "scripts. SARIF holds 25,000 failures at most, and says how many it leaves out.\n\n"
        "Exit codes are those of \"vjpcheck merge\": 1 means that a kernel failed in one of the\n"
        "runs, that a study has elements outside a bound or that a self-test did not pass, "
        "whether\n"
        "or not the reports were written; 2 also that a run did not come to its end.",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
