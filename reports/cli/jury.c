/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/jury.h"

#include "reports/bench/clock.h"
#include "reports/cli/inquiry.h"
#include "reports/cli/pairs.h"
#include "reports/cli/paper.h"
#include "reports/fuzz/interrupt.h"

/* Refused once is refused. */
static void join(enum vjp_opinion *all, enum vjp_opinion one)
{
    *all = one > *all ? one : *all;
}

/* Every rule on one call's answers; trial 0 is for all, the others for rules that have so many: none of those wants
 * differences. */
static enum vjp_status judge_answer(const struct vjp_question *q,
                                    const struct vjp_observation *seen, int trial,
                                    enum vjp_opinion out[VJP_BALLOT_RULES], struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int input = 0; input < q->c->spec->n_inputs && status == VJP_OK; input++) {
        const int slot = vjp_slot_gradient(q->c->spec, input);
        struct vjp_paper p;
        if (!vjp_case_has_gradient(q->c, input) || !seen->answer[0][slot].data ||
            !seen->answer[1][slot].data)
            continue;
        status = vjp_paper_make(q, seen, input, NULL, trial == 0, &p, error);
        if (status != VJP_OK)
            return status;
        for (int rule = 0; vjp_rules[rule].name && p.is_known; rule++) {
            for (int placement = 0; placement < 2 && trial < vjp_rules[rule].trials; placement++) {
                p.question.got = p.got[placement];
                p.question.want = p.want[placement];
                join(&out[rule], vjp_rule_judge(&vjp_rules[rule], &p.question));
            }
        }
        vjp_paper_clear(&p);
    }
    return status;
}

/* The same case with another seed. A kernel that ends without an answer is refused by whoever has so many trials. */
static enum vjp_status judge_trial(struct vjp_target *target, int kernel,
                                   const struct vjp_question *q, int trial,
                                   enum vjp_opinion out[VJP_BALLOT_RULES], struct vjp_error *error)
{
    struct vjp_case c = *q->c; /* its texts stay q's */
    struct vjp_inquiry inquiry;
    struct vjp_observation seen = {.unwritten_slot = -1, .repeat_slot = -1};
    c.seed += (uint64_t)trial;
    enum vjp_status status =
        vjp_inquiry_make(&c, VJP_ORACLE_WHOLE, target->info->kernel[kernel].kinks, &inquiry, error);
    if (status == VJP_OK) {
        status = vjp_worker_run(target->worker, kernel, &c, &inquiry.data, &seen, error);
        if (status == VJP_OK && seen.outcome == VJP_COMPLETED)
            status = judge_answer(&inquiry.question, &seen, trial, out, error);
        for (int rule = 0; vjp_rules[rule].name && seen.outcome != VJP_COMPLETED; rule++)
            join(&out[rule], trial < vjp_rules[rule].trials && out[rule] != VJP_OPINION_NONE
                                 ? VJP_OPINION_REFUSE
                                 : VJP_OPINION_NONE);
    } else if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
        status = VJP_OK;
    }
    vjp_observation_clear(&seen);
    vjp_inquiry_clear(&inquiry);
    return status;
}

enum vjp_status vjp_jury_ask(struct vjp_target *target, int kernel,
                             const struct vjp_question *question,
                             const struct vjp_observation *seen,
                             enum vjp_opinion out[VJP_BALLOT_RULES], struct vjp_error *error)
{
    int trials = 1;
    for (int rule = 0; rule < VJP_BALLOT_RULES; rule++)
        out[rule] = VJP_OPINION_NONE;
    for (int rule = 0; vjp_rules[rule].name; rule++)
        trials = vjp_rules[rule].trials > trials ? vjp_rules[rule].trials : trials;
    enum vjp_status status = judge_answer(question, seen, 0, out, error);
    for (int trial = 1; trial < trials && status == VJP_OK && seen->outcome == VJP_COMPLETED;
         trial++)
        status = judge_trial(target, kernel, question, trial, out, error);
    return status;
}

enum vjp_status vjp_jury_defect(struct vjp_ballot *ballot, struct vjp_target *target, int kernel,
                                const struct vjp_question *question,
                                const struct vjp_finding *finding, struct vjp_error *error)
{
    enum vjp_opinion opinion[VJP_BALLOT_RULES];
    if (finding->seen.outcome != VJP_COMPLETED) {
        ballot->silent++;
        return VJP_OK;
    }
    const enum vjp_status status =
        vjp_jury_ask(target, kernel, question, &finding->seen, opinion, error);
    for (int rule = 0; vjp_rules[rule].name && status == VJP_OK; rule++)
        vjp_votes_add(&ballot->defects[rule], opinion[rule]);
    return status;
}

static enum vjp_status ask_correct(struct vjp_ballot *ballot, const struct vjp_targets *targets,
                                   const struct vjp_case *c, int64_t *answers,
                                   struct vjp_error *error)
{
    struct vjp_target *target = &targets->target[0];
    enum vjp_opinion opinion[VJP_BALLOT_RULES];
    enum vjp_status status = VJP_OK;
    for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
        struct vjp_inquiry inquiry;
        struct vjp_finding finding = {0};
        if (!vjp_target_serves(target, k, c))
            continue;
        status =
            vjp_inquiry_make(c, VJP_ORACLE_WHOLE, target->info->kernel[k].kinks, &inquiry, error);
        if (status == VJP_OK)
            status = vjp_examine(targets, target, k, &inquiry.question, &finding, error);
        if (status == VJP_OK && vjp_verdict_is_success(finding.judgement.verdict)) {
            status = vjp_jury_ask(target, k, &inquiry.question, &finding.seen, opinion, error);
            for (int rule = 0; vjp_rules[rule].name && status == VJP_OK; rule++)
                vjp_votes_add(&ballot->correct[rule], opinion[rule]);
            *answers += status == VJP_OK;
        }
        vjp_finding_clear(&finding);
        vjp_inquiry_clear(&inquiry);
    }
    return status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT ? VJP_OK : status;
}

enum vjp_status vjp_jury_correct(struct vjp_ballot *ballot, const struct vjp_campaign *campaign,
                                 int64_t answers, double end, struct vjp_error *error)
{
    static const char *const names[] = {"naive"};
    struct vjp_targets targets = {0};
    struct vjp_pairs pairs = {0};
    int64_t asked = 0;
    enum vjp_status status = vjp_targets_open(names, 1, false, 0, &targets, error);
    if (status == VJP_OK)
        status = vjp_pairs_list(&targets, NULL, -1, &pairs, error);
    for (int64_t n = 0;
         status == VJP_OK && asked < answers && vjp_clock_now() < end && vjp_interrupt_seen() == 0;
         n++) {
        struct vjp_case c = {0};
        status = vjp_pairs_draw(&pairs, campaign, n, VJP_ORACLE_WHOLE, &c, error);
        if (status == VJP_OK)
            status = ask_correct(ballot, &targets, &c, &asked, error);
        else if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
            status = VJP_OK;
        vjp_case_clear(&c);
    }
    vjp_pairs_clear(&pairs);
    vjp_targets_close(&targets);
    return status;
}
