/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "reports/cli/account.h"
#include "reports/cli/ahead.h"
#include "reports/cli/detail.h"
#include "reports/cli/picture.h"

/* Enough for a kernel that is right for its first thousands of calls. */
#define REPEAT_MAX 1000000

enum { KERNEL, REPEAT, TIMEOUT, ORACLE, SVG };

static const struct vjp_option options[] = {
    [KERNEL] = {"kernel", "TARGET",
                "only this plug-in or kernel; without it, all that ship but peers"},
    [REPEAT] = {"repeat", "N", "run N times in one process, until the first failure (1)"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [ORACLE] = {"oracle", "WHICH", "explicit, exact, rows or auto (by size)"},
    [SVG] = {"svg", "FILE",
             "draw where the errors stand; of several kernels, the last that failed"},
    {0},
};

/* What is asked of each kernel. */
struct asking {
    int64_t repeat;
    const char *svg; /* NULL: no picture */
};

/* What one kernel after another did. */
struct tally {
    int served;
    int failed;
    int conclusive;
};

static enum vjp_status run_kernel(const struct vjp_targets *targets, struct vjp_target *target,
                                  int kernel, const struct asking *asking,
                                  const struct vjp_question *question, struct tally *tally,
                                  struct vjp_error *error)
{
    struct vjp_finding finding = {0};
    struct vjp_account account = {0};
    enum vjp_status status =
        vjp_examine_repeatedly(targets, target, kernel, asking->repeat, question, &finding, error);
    if (status == VJP_OK)
        status = vjp_account_make(question->c, target, kernel, &finding, &account, error);
    if (status == VJP_OK) {
        const bool failed = vjp_verdict_is_failure(finding.judgement.verdict);
        putchar('\n');
        vjp_detail_print_finding(question, target, kernel, &finding, stdout);
        if (failed)
            printf("  again: %s\n", account.record.replay);
        if (asking->svg && (failed || tally->failed == 0))
            status = vjp_picture_write(question, target, kernel, &finding, asking->svg, error);
        tally->served++;
        tally->failed += failed;
        tally->conclusive += failed || vjp_verdict_is_success(finding.judgement.verdict);
    }
    vjp_account_clear(&account);
    vjp_finding_clear(&finding);
    return status;
}

static enum vjp_status run_all(struct vjp_targets *targets, const struct asking *asking,
                               struct vjp_truth *truth, struct tally *tally,
                               struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int t = 0; t < targets->count; t++) {
        struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            struct vjp_question question;
            if (!vjp_target_serves(target, k, truth->c))
                continue;
            status = vjp_question_ask(truth, target->info->kernel[k].kinks, &question, error);
            question.scalings = VJP_SCALINGS_ALL;
            if (status == VJP_OK)
                status = run_kernel(targets, target, k, asking, &question, tally, error);
        }
    }
    if (status == VJP_OK && tally->served == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "no selected kernel serves %s with dtype=%s",
                          truth->c->spec->name, vjp_format(truth->c->dtype)->name);
    return status;
}

static enum vjp_status run_case(const struct vjp_case *c, struct vjp_targets *targets,
                                enum vjp_oracle oracle, const struct asking *asking,
                                struct tally *tally, struct vjp_error *error)
{
    struct vjp_data data = {0};
    struct vjp_truth truth = {0};
    struct vjp_text line = {0};
    enum vjp_status status = vjp_truth_check(c, oracle, error);
    if (status == VJP_OK)
        status = vjp_data_generate(c, &data, error);
    if (status == VJP_OK)
        status = vjp_truth_init(&truth, c, &data, oracle, vjp_ahead_jobs(), error);
    if (status == VJP_OK) {
        const struct vjp_question question = {
            .c = c, .data = &data, .reference = truth.reference[0], .rows = truth.rows};
        vjp_case_print(c, &line);
        printf("%s\n\n", line.data ? line.data : "(out of memory)");
        vjp_detail_print_operands(&question, stdout);
        status = run_all(targets, asking, &truth, tally, error);
    }
    vjp_text_clear(&line);
    vjp_truth_clear(&truth);
    vjp_data_clear(&data);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    struct vjp_case c = {0};
    struct vjp_targets targets = {0};
    struct vjp_error error;
    struct tally tally = {0};
    enum vjp_oracle oracle = VJP_ORACLE_AUTO;
    struct asking asking = {.repeat = 1, .svg = value[SVG]};
    double seconds = 0;
    enum vjp_status status = VJP_OK;
    if (value[REPEAT])
        status = vjp_option_integer("repeat", value[REPEAT], 1, REPEAT_MAX, &asking.repeat, &error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &seconds, &error);
    if (status == VJP_OK)
        status = vjp_truth_oracle(value[ORACLE], &oracle, &error);
    if (status == VJP_OK)
        status = vjp_case_parse(arguments->operands[0], &c, &error);
    if (status == VJP_OK)
        status = vjp_targets_open(&value[KERNEL], value[KERNEL] ? 1 : 0, false, seconds, &targets,
                                  &error);
    if (status == VJP_OK)
        status = run_case(&c, &targets, oracle, &asking, &tally, &error);
    vjp_targets_close(&targets);
    vjp_case_clear(&c);
    if (status != VJP_OK)
        return vjp_cli_fail(status, &error);
    if (tally.failed > 0)
        return VJP_EXIT_FAILED;
    if (tally.conclusive > 0)
        return VJP_EXIT_SOUND;
    fputs("vjpcheck: nothing was tested: no verdict was conclusive\n", stderr);
    return VJP_EXIT_USAGE;
}

const struct vjp_command vjp_command_run = {
    .name = "run",
    .operands = "'CASE'",
    .summary = "run one case and show every number; replays a failure",
    .help =
        "CASE is one word, so it stands in quotes:\n"
        "  vjpcheck run 'linear dtype=f64 N=1 D=2 M=3 x=[2,3] dy=[1,1,1]' --kernel naive\n\n"
        "exact is the exact result, rounded the correctly rounded one (~0: about that, nearer\n"
        "than any bound can see; ?: not known; [0, 1]: any, at a kink); S is the sum of the\n"
        "magnitudes of the k terms that a gradient element adds up. The error is held to the\n"
        "bound, which follows from k, S and the precision that the kernel declares.\n\n"
        "--oracle explicit derives the Jacobian, up to 2^22 scalar operations; exact sums the\n"
        "products of linear, matmul and conv2d at any size; rows looks at some rows of a batch,\n"
        "some heads of an attention, with dy 0 at the others, where the gradient must be 0. auto,\n"
        "the default, is exact from 2^16 operations on where it can, else explicit as far as that\n"
        "goes, or rows. Where several can, they give the same verdicts.",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .run = run,
};
