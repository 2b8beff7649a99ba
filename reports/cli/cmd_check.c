/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/gen/suite.h"
#include "reports/cli/ahead.h"
#include "reports/cli/conclude.h"
#include "reports/cli/pipeline.h"
#include "reports/cli/selection.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A million per layer and dtype are hours. */
#define COUNT_MAX 1000000

enum { LAYER, DTYPE, CASES, COUNT, SEED, JSON, JUNIT, ONLY_FAILED, TIMEOUT, JOBS, ORACLE };

static const struct vjp_option options[] = {
    [LAYER] = {"layer", "L", "only this layer"},
    [DTYPE] = {"dtype", "T", "only this dtype: bf16, f16, f32, f64"},
    [CASES] = {"cases", "FILE", "run the cases of this file, one per line, and no others"},
    [COUNT] = {"count", "N", "generated cases per layer and dtype (200)"},
    [SEED] = {"seed", "S", "of the generated cases (0x5eed)"},
    [JSON] = {"json", "FILE", "write every verdict as a line of JSON; \"-\": standard output"},
    [JUNIT] = {"junit", "FILE", "write JUnit XML; \"-\": standard output"},
    [ONLY_FAILED] = {"only-failed", NULL, "show only rows with a failure"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [JOBS] = {"jobs", "N", "threads that derive the truth (one per processor)"},
    [ORACLE] = {"oracle", "WHICH", "explicit, exact, rows or auto (by size)"},
    {0},
};

struct settings {
    struct vjp_selection selection;
    struct vjp_report_options report;
    double seconds;
    int64_t jobs;
    enum vjp_oracle oracle;
};

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {.selection = {.dtype = -1,
                                       .file = value[CASES],
                                       .seed = VJP_SEED_DEFAULT,
                                       .count = VJP_SUITE_COUNT},
                         .report = {.json = value[JSON],
                                    .junit = value[JUNIT],
                                    .only_failed = value[ONLY_FAILED] != NULL},
                         .jobs = vjp_ahead_jobs()};
    enum vjp_status status = VJP_OK;
    if (value[LAYER])
        status = vjp_cli_layer(value[LAYER], &s.selection.layer, error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &s.selection.dtype, error);
    if (status == VJP_OK && value[COUNT])
        status = vjp_option_integer("count", value[COUNT], 0, COUNT_MAX, &s.selection.count, error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &s.selection.seed, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &s.seconds, error);
    if (status == VJP_OK && value[JOBS])
        status = vjp_option_integer("jobs", value[JOBS], 1, VJP_JOBS_MAX, &s.jobs, error);
    if (status == VJP_OK)
        status = vjp_truth_oracle(value[ORACLE], &s.oracle, error);
    if (status == VJP_OK && value[CASES] && (value[COUNT] || value[SEED]))
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--cases replaces the generated cases: --%s has no use with it",
                          value[COUNT] ? "count" : "seed");
    if (status == VJP_OK && value[JSON] && value[JUNIT] && strcmp(value[JSON], value[JUNIT]) == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "--json and --junit cannot both write to %s",
                          value[JSON]);
    if (status == VJP_OK)
        *out = s;
    return status;
}

static enum vjp_status check_cases(const struct settings *s, const struct vjp_case_list *cases,
                                   const struct vjp_gaps *gaps, struct vjp_targets *targets,
                                   int *code, struct vjp_error *error)
{
    struct vjp_report report = {0};
    const struct vjp_pipeline pipeline = {.cases = cases,
                                          .targets = targets,
                                          .oracle = s->oracle,
                                          .jobs = (int)s->jobs,
                                          .report = &report};
    struct vjp_run_header header = {.version = VJP_VERSION, .seed = s->selection.seed};
    vjp_pipeline_count(cases, targets, &header.cases, &header.checks);
    header.checks += vjp_pipeline_count_gaps(gaps, targets);
    if (header.checks == 0 && vjp_conclude_unknown(targets, error))
        return VJP_ERR_USAGE;
    if (header.checks == 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing to test: no selected kernel serves any of the %zu cases selected",
                        cases->count);
    enum vjp_status status = vjp_pipeline_check(cases, targets, s->oracle, error);
    if (status != VJP_OK)
        return status;
    const char **labels = vjp_targets_labels(targets, &header.n_targets);
    if (!labels)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    header.targets = labels;
    status = vjp_report_begin(&s->report, &header, &report, error);
    if (status == VJP_OK)
        status = vjp_pipeline_run(&pipeline, error);
    if (status == VJP_OK)
        status = vjp_pipeline_leave_gaps(gaps, targets, &report, error);
    if (status == VJP_OK)
        status = vjp_report_end(&report, &s->report, error);
    if (status == VJP_OK)
        *code = vjp_conclude(targets, &report.summary.totals);
    vjp_report_clear(&report);
    free(labels);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_error error;
    struct vjp_targets targets = {0};
    struct vjp_case_list cases = {0};
    struct vjp_gaps gaps = {0};
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK)
        status = vjp_targets_open(arguments->operands, arguments->n_operands, false, s.seconds,
                                  &targets, &error);
    if (status == VJP_OK)
        status = vjp_selection_read(&s.selection, &targets, &cases, &gaps, &error);
    if (status == VJP_OK)
        status = check_cases(&s, &cases, &gaps, &targets, &code, &error);
    vjp_case_list_clear(&cases);
    vjp_gaps_clear(&gaps);
    vjp_targets_close(&targets);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_check = {
    .name = "check",
    .operands = "[TARGET...]",
    .summary = "judge kernels on many cases",
    .help =
        "TARGET is the name of a plug-in that ships, PLUGIN:KERNEL for one of its kernels, or\n"
        "the path of a .so, with :KERNEL behind it or not. Without a TARGET every plug-in that\n"
        "ships is checked; they are found in $VJPCHECK_PLUGIN_PATH or in plugins/ beside the\n"
        "program. Peers, adapters to well-known libraries in the folder peers/ there, are\n"
        "checked where they are named: openblas, blis, onednn, gslcblas, as far as they were\n"
        "built.\n\n"
        "The cases are the pinned ones that are built in and, for every layer and dtype,\n"
        "generated ones. Each failure is shown with the command that replays it. Exit code 0\n"
        "means that every conclusive verdict is exact or pass, and that there was one, for each\n"
        "TARGET that was named. A kernel that hung in three cases is asked no more: in JSON,\n"
        "the verdict on its other cases is \"not_run\". Of a pipeline, a generated case in which\n"
        "a stage gives the next what it does not take is \"left_out\"; where no sizes are found\n"
        "with which its stages fit together, one \"left_out\" stands for all of those cases.\n"
        "Kernels are asked one at a time, in the order of the cases: the result is the same for\n"
        "any number of --jobs.\n\n"
        "--oracle explicit derives the Jacobian, up to 2^22 scalar operations; exact sums the\n"
        "products of linear, matmul and conv2d at any size; rows looks at some rows of a batch,\n"
        "some heads of an attention, with dy 0 at the others, where the gradient must be 0. auto,\n"
        "the default, is explicit as far as that goes, then exact, or else rows: \"run\" and the\n"
        "JSON tell which. Where several can, they give the same verdicts.",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
