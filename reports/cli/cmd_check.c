/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/gen/suite.h"
#include "reports/cli/ahead.h"
#include "reports/bench/clock.h"
#include "reports/cli/conclude.h"
#include "reports/cli/finds.h"
#include "reports/cli/order_mark.h"
#include "reports/cli/pipeline.h"
#include "reports/cli/renderings.h"
#include "reports/cli/selection.h"
#include "reports/cli/surroundings.h"
#include "reports/render/baseline.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A million per layer and dtype are hours. */
#define COUNT_MAX 1000000

enum {
    LAYER,
    DTYPE,
    CASES,
    COUNT,
    SEED,
    JSON,
    JUNIT,
    HTML,
    SARIF,
    TAP,
    MARKDOWN,
    GITHUB,
    ONLY_FAILED,
    TIMEOUT,
    JOBS,
    ORACLE,
    EXPLAIN,
    BASELINE,
    UPDATE_BASELINE
};

static const struct vjp_option options[] = {
    [LAYER] = {"layer", "L", "only this layer"},
    [DTYPE] = {"dtype", "T", "only this dtype: bf16, f16, f32, f64"},
    [CASES] = {"cases", "FILE", "run the cases of this file, one per line, and no others"},
    [COUNT] = {"count", "N", "generated cases per layer and dtype (200)"},
    [SEED] = {"seed", "S", "of the generated cases (0x5eed)"},
    [JSON] = VJP_OPTION_JSON,
    [JUNIT] = VJP_OPTION_JUNIT,
    [HTML] = VJP_OPTION_HTML,
    [SARIF] = VJP_OPTION_SARIF,
    [TAP] = VJP_OPTION_TAP,
    [MARKDOWN] = VJP_OPTION_MARKDOWN,
    [GITHUB] = VJP_OPTION_GITHUB,
    [ONLY_FAILED] = {"only-failed", NULL, "show only rows with a failure"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [JOBS] = {"jobs", "N", "threads that derive the truth (one per processor)"},
    [ORACLE] = {"oracle", "WHICH", "explicit, exact, rows or auto (by size)"},
    [EXPLAIN] = {"explain", NULL, "make the first failure of each kind small, and explain it"},
    [BASELINE] = {"baseline", "FILE", "fail where anything is not as the file has it"},
    [UPDATE_BASELINE] = {"update-baseline", NULL, "write the file of --baseline instead"},
    {0},
};

struct settings {
    struct vjp_selection selection;
    struct vjp_report_options report;
    double seconds;
    int64_t jobs;
    enum vjp_oracle oracle;
    bool explain;
    const char *baseline; /* a file; NULL: none */
    bool update;
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
                                    .html = value[HTML],
                                    .sarif = value[SARIF],
                                    .tap = value[TAP],
                                    .markdown = value[MARKDOWN],
                                    .github = value[GITHUB] != NULL,
                                    .only_failed = value[ONLY_FAILED] != NULL},
                         .explain = value[EXPLAIN] != NULL,
                         .baseline = value[BASELINE],
                         .update = value[UPDATE_BASELINE] != NULL,
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
    if (status == VJP_OK && s.update && !s.baseline)
        status = vjp_fail(error, VJP_ERR_USAGE, "--update-baseline needs --baseline FILE");
    if (status == VJP_OK)
        status = vjp_report_check(&s.report, error);
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* What is to be explained: of a kernel, dtype and verdict the first failure. */
struct failures {
    const struct vjp_targets *targets;
    struct vjp_hunt hunt;
    double start;
    int64_t asked;
};

static enum vjp_status before_case(void *env, const struct vjp_case *c, bool *go_on,
                                   struct vjp_error *error)
{
    struct failures *f = env;
    (void)c;
    (void)error;
    f->asked++;
    *go_on = true;
    return VJP_OK;
}

static enum vjp_status after_case(void *env, const struct vjp_case *c, struct vjp_target *target,
                                  int kernel, const struct vjp_record *record,
                                  struct vjp_error *error)
{
    struct failures *f = env;
    bool is_new;
    const struct vjp_hunt_find find = {.target = (int)(target - f->targets->target),
                                       .kernel = kernel,
                                       .verdict = record->verdict,
                                       .ratio = vjp_hunt_ratio(record),
                                       .cases = f->asked,
                                       .seconds = vjp_clock_now() - f->start};
    return record->ran && vjp_verdict_is_failure(record->verdict)
               ? vjp_hunt_keep(&f->hunt, &find, c, record->reason, &is_new, error)
               : VJP_OK;
}

/* The summary comes first, then what takes its time. */
static enum vjp_status explain(const struct settings *s, struct vjp_targets *targets,
                               const struct failures *failures, struct vjp_report *report,
                               struct vjp_error *error)
{
    const struct vjp_hunt_plan plan = {.oracle = s->oracle};
    const enum vjp_status status = vjp_report_print(report, &s->report, error);
    if (status != VJP_OK || failures->hunt.n_finds == 0)
        return status;
    FILE *const out = vjp_report_out(report);
    fputc('\n', out);
    return vjp_finds_tell(&plan, targets, &failures->hunt, NULL, NULL, out, report, error);
}

/* Holds the run to what was expected, or makes it that. A run that failed is a baseline, too: of a kernel whose failure
 * is known. *code is set to a failure where something changed. */
/* By what the trees of every kernel of the run are known, in each dtype that it was asked in. */
static enum vjp_status add_trees(const struct vjp_targets *targets, struct vjp_baseline *now,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int t = 0; t < targets->count; t++) {
        struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            const struct vjp_kernel_info *kernel = &target->info->kernel[k];
            const struct vjp_spec *spec = vjp_spec_find(kernel->layer);
            for (int d = 0; d < VJP_DTYPE_COUNT && status == VJP_OK; d++) {
                const char *dtype = vjp_format((enum vjp_dtype)d)->name;
                struct vjp_text tree = {0};
                if (!spec || !target->selected[k] || !kernel->has_model[d] ||
                    !vjp_baseline_wants_tree(now, target->label[k], dtype))
                    continue;
                status = vjp_order_mark(target, k, spec, (enum vjp_dtype)d, &tree, error);
                if (status == VJP_OK)
                    status = vjp_baseline_set_tree(now, target->label[k], dtype, tree.data, error);
                vjp_text_clear(&tree);
            }
        }
    }
    return status;
}

static enum vjp_status hold_to_baseline(const struct settings *s,
                                        const struct vjp_baseline *expected,
                                        const struct vjp_targets *targets,
                                        const struct vjp_report *report, int *code,
                                        struct vjp_error *error)
{
    FILE *const out = vjp_report_out(report);
    int skipped = 0;
    struct vjp_baseline now = {0};
    enum vjp_status status = vjp_baseline_make(&report->summary, &now, error);
    if (status == VJP_OK)
        status = add_trees(targets, &now, error);
    if (status == VJP_OK && s->update) {
        status = vjp_baseline_write(s->baseline, &now, error);
        if (status == VJP_OK)
            fprintf(out, "baseline: %s has %d kernels and dtypes\n", s->baseline, now.count);
    } else if (status == VJP_OK) {
        const int changes = vjp_baseline_compare(expected, &now, out, &skipped);
        if (changes == 0)
            fprintf(out, "baseline: as in %s\n", s->baseline);
        else
            fprintf(out,
                    "baseline: %d change%s from %s; --update-baseline makes this the new one\n",
                    changes, changes == 1 ? "" : "s", s->baseline);
        if (skipped > 0)
            fprintf(out,
                    "baseline: %d kernel%s and dtype%s cannot run on this machine, and %s not "
                    "held to it\n",
                    skipped, skipped == 1 ? "" : "s", skipped == 1 ? "" : "s",
                    skipped == 1 ? "was" : "were");
        if (changes > 0)
            *code = VJP_EXIT_FAILED;
    }
    vjp_baseline_clear(&now);
    return status;
}

static enum vjp_status check_cases(const struct settings *s, const struct vjp_case_list *cases,
                                   const struct vjp_gaps *gaps, struct vjp_targets *targets,
                                   const struct vjp_baseline *expected, int *code,
                                   struct vjp_error *error)
{
    struct vjp_report report = {0};
    struct vjp_surroundings surroundings = {.command = {0}};
    struct failures failures = {.targets = targets, .start = vjp_clock_now()};
    const struct vjp_pipeline_watch watch = {before_case, after_case, &failures};
    const struct vjp_pipeline pipeline = {.cases = cases,
                                          .targets = targets,
                                          .oracle = s->oracle,
                                          .jobs = (int)s->jobs,
                                          .report = &report,
                                          .watch = s->explain ? &watch : NULL};
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
    header.run = &surroundings.info;
    status = vjp_surroundings_look(targets, &surroundings, error);
    if (status == VJP_OK)
        status = vjp_report_begin(&s->report, &header, &report, error);
    if (status == VJP_OK)
        status = vjp_pipeline_run(&pipeline, error);
    if (status == VJP_OK)
        status = vjp_pipeline_leave_gaps(gaps, targets, &report, error);
    if (status == VJP_OK && s->explain)
        status = explain(s, targets, &failures, &report, error);
    if (status == VJP_OK)
        status = vjp_report_end(&report, &s->report, error);
    if (status == VJP_OK)
        *code = vjp_conclude(targets, &report.summary.totals);
    if (status == VJP_OK && s->baseline)
        status = hold_to_baseline(s, expected, targets, &report, code, error);
    vjp_report_clear(&report);
    vjp_surroundings_clear(&surroundings);
    vjp_hunt_clear(&failures.hunt);
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
    struct vjp_baseline expected = {0};
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK && s.baseline && !s.update)
        status = vjp_baseline_read(s.baseline, &expected, &error);
    if (status == VJP_OK)
        status = vjp_targets_open_able(arguments->operands, arguments->n_operands, s.seconds,
                                       &targets, &error);
    if (status == VJP_OK)
        status = vjp_selection_read(&s.selection, &targets, &cases, &gaps, &error);
    if (status == VJP_OK)
        status = check_cases(&s, &cases, &gaps, &targets, &expected, &code, &error);
    vjp_baseline_clear(&expected);
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
        "the default, is exact from 2^16 operations on where it can, else explicit as far as that\n"
        "goes, or rows: \"run\" and the JSON tell which. Where several can, they give the same\n"
        "verdicts.\n\n"
        "--explain makes the first failure of each kernel, dtype and verdict small and says what\n"
        "it depends on, as \"vjpcheck fuzz\" does, in half a minute or so each.\n\n"
        "--baseline FILE holds the run to a file that a repository keeps: exit code 1 where a\n"
        "verdict, the largest error or a summation tree of a kernel is not as the file has it, of\n"
        "the same cases; --update-baseline writes it. Known failures may be in it: the exit code "
        "is\n"
        "1 as long as they are there. A kernel that cannot run on this machine is told, and no\n"
        "change.",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
