/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/cli/bench_compare.h"
#include "reports/cli/difference.h"
#include "reports/render/stream_file.h"

#include <stdlib.h>
#include <string.h>

enum { SLACK, FAIL_BELOW };

static const struct vjp_option options[] = {
    [SLACK] = {"slack", "R", "the largest error may grow so many times (1)"},
    [FAIL_BELOW] = {"fail-below", "R",
                    "of two benches: a speed below R times the old is worse (0.9)"},
    {0},
};

static enum vjp_status read_ratio(const char *option, const char *text, double least, double most,
                                  double *out, struct vjp_error *error)
{
    char *end;
    if (!text)
        return VJP_OK;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most))
        return vjp_fail(error, VJP_ERR_USAGE, "--%s %s: expected a number from %g to %g", option,
                        text, least, most);
    *out = value;
    return VJP_OK;
}

static enum vjp_status skip(void *env, const struct vjp_stream_line *line, struct vjp_error *error)
{
    (void)env;
    (void)line;
    (void)error;
    return VJP_OK;
}

/* Whether the file is of a bench. One that cannot be read is told by who reads it. */
static bool is_bench(const char *path)
{
    struct vjp_stream_file file;
    struct vjp_error unused;
    return strcmp(path, "-") != 0 &&
           vjp_stream_file_read(path, skip, NULL, &file, &unused) == VJP_OK &&
           strcmp(file.first, "bench_header") == 0;
}

static enum vjp_status compare(const char *before, const char *after, double slack, int *code,
                               struct vjp_error *error)
{
    struct vjp_history old = {.count = 0}, new = {.count = 0};
    struct vjp_difference difference = {0};
    enum vjp_status status = vjp_history_read(before, &old, error);
    if (status == VJP_OK)
        status = vjp_history_read(after, &new, error);
    if (status == VJP_OK)
        status = vjp_difference_print(&old, &new, slack, stdout, &difference, error);
    *code = vjp_difference_is_worse(&difference) ? VJP_EXIT_FAILED : VJP_EXIT_SOUND;
    vjp_history_clear(&old);
    vjp_history_clear(&new);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    const char *before = arguments->operands[0], *after = arguments->operands[1];
    struct vjp_error error;
    double slack = 1, least = 0.9;
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_ratio("slack", value[SLACK], 1, 1e300, &slack, &error);
    if (status == VJP_OK)
        status = read_ratio("fail-below", value[FAIL_BELOW], 0, 1, &least, &error);
    if (status == VJP_OK && is_bench(before))
        status = vjp_bench_compare_files(before, after, least, &code, &error);
    else if (status == VJP_OK)
        status = compare(before, after, slack, &code, &error);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_diff = {
    .name = "diff",
    .operands = "A.jsonl B.jsonl",
    .summary = "what got better or worse between two runs",
    .help =
        "A and B are what \"check --json\", \"fuzz --json\" or \"merge --json\" wrote, A before "
        "and\n"
        "B after a change. Verdicts are compared case by case, kernel by kernel; worst verdict,\n"
        "largest error and ulp by kernel and dtype.\n\n"
        "Worse is a graver verdict, pass where there was exact, a case or a kernel that said\n"
        "something and says nothing now, and a largest error that is more than --slack times\n"
        "what it was of its bound. Cases that are in one run only are counted; ulps are told,\n"
        "and make nothing worse: where a sum cancels they say little.\n\n"
        "Of two files of \"bench --json\" speeds are compared, as by \"bench --compare\".\n\n"
        "Exit code 0: nothing is worse; 1: something is; 2: a file is no such stream, or was cut\n"
        "off, or the two have nothing in common.",
    .min_operands = 2,
    .max_operands = 2,
    .options = options,
    .run = run,
};
