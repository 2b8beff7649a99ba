/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/pipeline.h"

#include "reports/cli/account.h"
#include "reports/cli/ahead.h"
#include "reports/cli/examine.h"

static int count_serving(const struct vjp_targets *targets, const struct vjp_case *c)
{
    int serving = 0;
    for (int t = 0; t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++)
            serving += vjp_target_serves(&targets->target[t], k, c);
    }
    return serving;
}

void vjp_pipeline_count(const struct vjp_case_list *cases, const struct vjp_targets *targets,
                        int64_t *served, int64_t *checks)
{
    *served = *checks = 0;
    for (size_t i = 0; i < cases->count; i++) {
        const int serving = count_serving(targets, &cases->cases[i]);
        *served += serving > 0;
        *checks += serving;
    }
}

/* Hands a record on: first to who keeps it on a disk, since the report's may be full. */
static enum vjp_status tell(const struct vjp_pipeline *p, const struct vjp_case *c,
                            struct vjp_target *target, int kernel, const struct vjp_record *record,
                            struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (p->watch)
        status = p->watch->after(p->watch->env, c, target, kernel, record, error);
    return status == VJP_OK ? vjp_report_add(p->report, record, error) : status;
}

/* One kernel, one case, one record. */
static enum vjp_status ask_kernel(const struct vjp_pipeline *p, struct vjp_target *target,
                                  int kernel, const struct vjp_question *question,
                                  struct vjp_error *error)
{
    struct vjp_finding finding = {0};
    struct vjp_account account = {0};
    const bool given_up = target->hung[kernel] >= VJP_HUNG_MAX;
    enum vjp_status status = VJP_OK;
    if (!given_up)
        status = vjp_examine(p->targets, target, kernel, question, &finding, error);
    if (status != VJP_OK) {
        vjp_case_prefix(question->c, error);
        return status;
    }
    target->hung[kernel] += finding.seen.outcome == VJP_HUNG;
    status =
        vjp_account_make(question->c, target, kernel, given_up ? NULL : &finding, &account, error);
    if (status == VJP_OK && !given_up && p->report->details)
        status = vjp_account_add_evidence(&account, question, target, kernel, &finding, error);
    if (status == VJP_OK)
        status = tell(p, question->c, target, kernel, &account.record, error);
    vjp_account_clear(&account);
    vjp_finding_clear(&finding);
    return status;
}

/* A record of a kernel and a case that no kernel can be right on. */
static enum vjp_status leave_out(const struct vjp_pipeline *p, const struct vjp_case *c,
                                 const char *reason, struct vjp_target *target, int kernel,
                                 struct vjp_error *error)
{
    struct vjp_account account = {0};
    enum vjp_status status = vjp_account_make(c, target, kernel, NULL, &account, error);
    account.record.left_out = true;
    account.record.reason = reason;
    if (status == VJP_OK)
        status = tell(p, c, target, kernel, &account.record, error);
    vjp_account_clear(&account);
    return status;
}

int64_t vjp_pipeline_count_gaps(const struct vjp_gaps *gaps, const struct vjp_targets *targets)
{
    int64_t count = 0;
    for (size_t i = 0; i < gaps->count; i++)
        count += count_serving(targets, &gaps->gap[i].c);
    return count;
}

enum vjp_status vjp_pipeline_leave_gaps(const struct vjp_gaps *gaps, struct vjp_targets *targets,
                                        struct vjp_report *report, struct vjp_error *error)
{
    const struct vjp_pipeline p = {.targets = targets, .report = report};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < gaps->count; i++) {
        const struct vjp_gap *gap = &gaps->gap[i];
        for (int t = 0; t < targets->count; t++) {
            struct vjp_target *target = &targets->target[t];
            for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
                if (vjp_target_serves(target, k, &gap->c))
                    status = leave_out(&p, &gap->c, gap->why.text, target, k, error);
            }
        }
    }
    return status;
}

/* The conventions of the kernels that serve the case, each once; env: struct vjp_targets. */
static int list_conventions(const void *env, const struct vjp_case *c, struct vjp_kinks *out)
{
    const struct vjp_targets *targets = env;
    int count = 0;
    for (int t = 0; t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++) {
            const struct vjp_kinks kinks = targets->target[t].info->kernel[k].kinks;
            int i = 0;
            if (!vjp_target_serves(&targets->target[t], k, c))
                continue;
            while (i < count && !vjp_kinks_are_equal(out[i], kinks))
                i++;
            out[i] = kinks;
            count += i == count;
        }
    }
    return count;
}

static enum vjp_status ask_all(const struct vjp_pipeline *p, struct vjp_prepared *prepared,
                               struct vjp_error *error)
{
    const struct vjp_case *c = prepared->c;
    enum vjp_status status = VJP_OK;
    for (int t = 0; t < p->targets->count; t++) {
        struct vjp_target *target = &p->targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            struct vjp_question question;
            if (!vjp_target_serves(target, k, c))
                continue;
            if (prepared->left_out) {
                status = leave_out(p, c, prepared->left_out, target, k, error);
                continue;
            }
            status =
                vjp_question_ask(&prepared->truth, target->info->kernel[k].kinks, &question, error);
            if (status == VJP_OK)
                status = ask_kernel(p, target, k, &question, error);
        }
    }
    return status;
}

enum vjp_status vjp_pipeline_check(const struct vjp_case_list *cases,
                                   const struct vjp_targets *targets, enum vjp_oracle oracle,
                                   struct vjp_error *error)
{
    for (size_t i = 0; i < cases->count; i++) {
        const struct vjp_case *c = &cases->cases[i];
        const enum vjp_status status =
            count_serving(targets, c) > 0 ? vjp_truth_check(c, oracle, error) : VJP_OK;
        if (status != VJP_OK) {
            vjp_case_prefix(c, error);
            return status;
        }
    }
    return VJP_OK;
}

enum vjp_status vjp_pipeline_run(const struct vjp_pipeline *p, struct vjp_error *error)
{
    const struct vjp_ahead_plan plan = {.cases = p->cases,
                                        .jobs = p->jobs,
                                        .oracle = p->oracle,
                                        .conventions = list_conventions,
                                        .env = p->targets};
    struct vjp_ahead *ahead = NULL;
    struct vjp_prepared *prepared = NULL;
    const struct vjp_case *which;
    bool go_on = true;
    enum vjp_status status = vjp_ahead_start(&plan, &ahead, error);
    while (status == VJP_OK) {
        status = vjp_ahead_next(ahead, &prepared, &which, error);
        if (status != VJP_OK)
            vjp_case_prefix(which, error);
        if (!prepared)
            break;
        if (p->watch)
            status = p->watch->before(p->watch->env, prepared->c, &go_on, error);
        if (!go_on)
            break;
        if (status == VJP_OK)
            status = ask_all(p, prepared, error);
    }
    vjp_ahead_stop(ahead);
    return status;
}
