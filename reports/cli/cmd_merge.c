/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/cli/merging.h"

#include <inttypes.h>
#include <limits.h>

enum { JSON, JUNIT, ONLY_FAILED };

static const struct vjp_option options[] = {
    [JSON] = {"json", "FILE", "write the union as lines of JSON; \"-\": standard output"},
    [JUNIT] = {"junit", "FILE", "write JUnit XML; \"-\": standard output"},
    [ONLY_FAILED] = {"only-failed", NULL, "show only rows with a failure"},
    {0},
};

static void print_campaigns(const struct vjp_campaigns *campaigns, FILE *out)
{
    for (int i = 0; i < campaigns->count; i++) {
        const struct vjp_campaign_record record = vjp_campaigns_record(campaigns, i);
        const int64_t parts = campaigns->campaign[i].parts;
        fputc('\n', out);
        vjp_campaign_print(&record, vjp_terminal_has_colour(out), out);
        fprintf(out, "  of %" PRId64 " part%s\n", parts, parts == 1 ? "" : "s");
    }
}

static enum vjp_status merge(const struct vjp_arguments *arguments,
                             const struct vjp_report_options *report, struct vjp_merging *m,
                             struct vjp_error *error)
{
    enum vjp_status status = vjp_report_check(report, error);
    if (status == VJP_OK)
        status = vjp_merging_begin(report, arguments->n_operands, m, error);
    for (int i = 0; i < arguments->n_operands && status == VJP_OK; i++)
        status = vjp_merging_add(m, arguments->operands[i], error);
    if (status != VJP_OK)
        return status;
    FILE *const out = vjp_report_out(&m->report);
    status = vjp_merging_end(m, report, error);
    if (status != VJP_OK)
        return status;
    print_campaigns(&m->report.campaigns, out);
    vjp_merging_print(m, out);
    return VJP_OK;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    const struct vjp_report_options report = {
        .json = value[JSON], .junit = value[JUNIT], .only_failed = value[ONLY_FAILED] != NULL};
    struct vjp_merging m = {0};
    struct vjp_error error;
    const enum vjp_status status = merge(arguments, &report, &m, &error);
    const int code = status == VJP_OK ? vjp_merging_conclude(&m) : vjp_cli_fail(status, &error);
    vjp_merging_clear(&m);
    return code;
}

const struct vjp_command vjp_command_merge = {
    .name = "merge",
    .operands = "FILE...",
    .summary = "one report of what several runs found",
    .help =
        "FILE is what \"check --json\" or \"fuzz --json\" wrote; \"-\" is the standard input. A\n"
        "record that is there already (kernel, case and verdict) is left out; one with another\n"
        "verdict stays beside it. Of a campaign's parts each counts once.\n\n"
        "  vjpcheck merge part1.jsonl part2.jsonl --json whole.jsonl\n\n"
        "Exit code 1 means that a kernel failed, 2 also that a file has no summary: its run did\n"
        "not come to its end.",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
