/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/trial.h"

#include "reports/bench/clock.h"
#include "reports/cli/account.h"
#include "reports/cli/inquiry.h"
#include "reports/cli/pairs.h"
#include "reports/fuzz/interrupt.h"

#include <stdlib.h>
#include <string.h>

void vjp_trial_clear(struct vjp_trial *trial)
{
    vjp_case_clear(&trial->c);
    free(trial->replay);
    trial->replay = NULL;
}

/* How a trial goes on. */
struct course {
    struct vjp_trial *trial;
    struct vjp_target *target;
    double start, seconds;
};

static struct course begin(struct vjp_trial *trial, double seconds)
{
    struct course course = {trial, &trial->targets->target[0], vjp_clock_now(), seconds};
    vjp_worker_renew(course.target->worker);
    memset(course.target->conclusive, 0, sizeof course.target->conclusive);
    trial->result = (struct vjp_try){.ran = true};
    return course;
}

static bool is_over(const struct course *course)
{
    return course->trial->result.caught || vjp_interrupt_seen() != 0 ||
           vjp_clock_now() - course->start >= course->seconds;
}

static enum vjp_status keep(struct course *course, int kernel, const struct vjp_question *question,
                            const struct vjp_finding *finding, struct vjp_error *error)
{
    struct vjp_trial *trial = course->trial;
    const struct vjp_judgement *judgement = &finding->judgement;
    struct vjp_account account = {0};
    trial->result.caught = true;
    trial->result.verdict = judgement->verdict;
    trial->result.seconds = vjp_clock_now() - course->start;
    trial->kernel = kernel;
    if (judgement->worst_slot >= 0)
        trial->ratio = judgement->measure[judgement->worst_slot].worst_ratio;
    enum vjp_status status =
        vjp_account_make(question->c, course->target, kernel, finding, &account, error);
    if (status == VJP_OK) {
        trial->replay = strdup(account.record.replay);
        status = trial->replay ? vjp_case_copy(&trial->c, question->c, error)
                               : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    vjp_account_clear(&account);
    if (status == VJP_OK && trial->witness)
        status = trial->witness(trial->env, kernel, question, finding, error);
    return status;
}

static enum vjp_status ask_kernel(struct course *course, int kernel,
                                  const struct vjp_question *question, struct vjp_error *error)
{
    struct vjp_trial *trial = course->trial;
    struct vjp_finding finding = {0};
    enum vjp_status status =
        vjp_examine(trial->targets, course->target, kernel, question, &finding, error);
    if (status != VJP_OK)
        return status;
    const enum vjp_verdict verdict = finding.judgement.verdict;
    if (vjp_verdict_is_failure(verdict)) {
        if (vjp_verdict_is_alike(trial->named, verdict)) {
            status = keep(course, kernel, question, &finding, error);
        } else if (!trial->has_other) {
            trial->has_other = true;
            trial->other = verdict;
        }
    }
    vjp_finding_clear(&finding);
    return status;
}

/* Of a case that has no truth, nothing is asked. */
static enum vjp_status ask(struct course *course, const struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_target *target = course->target;
    enum vjp_status status = VJP_OK;
    bool asked = false;
    for (int k = 0; k < target->info->n_kernels && status == VJP_OK && !is_over(course); k++) {
        struct vjp_inquiry inquiry;
        if (!vjp_target_serves(target, k, c))
            continue;
        status =
            vjp_inquiry_make(c, VJP_ORACLE_AUTO, target->info->kernel[k].kinks, &inquiry, error);
        if (status == VJP_OK) {
            course->trial->result.cases += !asked;
            asked = true;
            status = ask_kernel(course, k, &inquiry.question, error);
        } else if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
            status = VJP_OK;
        }
        vjp_inquiry_clear(&inquiry);
    }
    return status;
}

static enum vjp_status end(const struct course *course, enum vjp_status status)
{
    if (!course->trial->result.caught)
        course->trial->result.seconds = vjp_clock_now() - course->start;
    return status;
}

enum vjp_status vjp_trial_campaign(struct vjp_trial *trial, const struct vjp_campaign *campaign,
                                   int64_t cases, double seconds, struct vjp_error *error)
{
    struct course course = begin(trial, seconds);
    struct vjp_pairs pairs;
    enum vjp_status status = vjp_pairs_list(trial->targets, NULL, -1, &pairs, error);
    for (int64_t n = 0; n < cases && status == VJP_OK && !is_over(&course); n++) {
        struct vjp_case c = {0};
        status = vjp_pairs_draw(&pairs, campaign, n, VJP_ORACLE_AUTO, &c, error);
        if (status == VJP_OK)
            status = ask(&course, &c, error);
        else if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
            status = VJP_OK;
        vjp_case_clear(&c);
    }
    vjp_pairs_clear(&pairs);
    return end(&course, status);
}

enum vjp_status vjp_trial_list(struct vjp_trial *trial, const struct vjp_case_list *cases,
                               double seconds, struct vjp_error *error)
{
    struct course course = begin(trial, seconds);
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < cases->count && status == VJP_OK && !is_over(&course); i++)
        status = ask(&course, &cases->cases[i], error);
    return end(&course, status);
}
