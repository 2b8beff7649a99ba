/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/examine.h"

#include "reports/verdict/reason.h"
#include "reports/verdict/sentence.h"

#include <inttypes.h>

void vjp_finding_clear(struct vjp_finding *finding)
{
    vjp_observation_clear(&finding->seen);
    *finding = (struct vjp_finding){0};
}

static enum vjp_status run_once(struct vjp_worker *worker, int kernel,
                                const struct vjp_question *question, struct vjp_finding *out,
                                struct vjp_error *error)
{
    struct vjp_finding finding = {.age = vjp_worker_age(worker)};
    const enum vjp_status status =
        vjp_worker_run(worker, kernel, question->c, question->data, &finding.seen, error);
    if (status != VJP_OK)
        return status;
    const enum vjp_status judged =
        vjp_question_judge(question, &vjp_worker_info(worker)->kernel[kernel], &finding.seen,
                           &finding.judgement, error);
    if (question->rows)
        vjp_excerpt_text(&question->rows->excerpt, finding.rows, sizeof finding.rows);
    if (judged == VJP_OK)
        *out = finding;
    else
        vjp_finding_clear(&finding);
    return judged;
}

bool vjp_examine_settle(struct vjp_judgement *judgement, int64_t age,
                        const struct vjp_judgement *second)
{
    const struct vjp_judgement first = *judgement;
    const char *first_name = vjp_verdict_name(first.verdict);
    const char *second_name = vjp_verdict_name(second->verdict);
    char *reason = judgement->reason;
    const int size = sizeof judgement->reason;
    if (vjp_verdict_is_failure(second->verdict)) {
        const bool second_stands = second->verdict >= first.verdict;
        if (second_stands)
            *judgement = *second;
        if (second->verdict > first.verdict)
            vjp_sentence_add(reason, size, " (%s in the first process)", first_name);
        else if (second->verdict < first.verdict)
            vjp_sentence_add(reason, size, " (%s in a fresh process)", second_name);
        return second_stands;
    }
    if (age > 0 && first.verdict != VJP_VERDICT_NONDETERMINISTIC) {
        judgement->verdict = VJP_VERDICT_STATE_DEPENDENT;
        reason[0] = '\0';
        vjp_sentence_add(reason, size,
                         "%s in a process that had run %" PRId64
                         " case%s before, %s in a fresh one: %s",
                         first_name, age, age == 1 ? "" : "s", second_name, first.reason);
    } else {
        vjp_sentence_add(reason, size, " (not every time: %s when run again in a fresh process)",
                         second_name);
    }
    return false;
}

bool vjp_examine_differ(const struct vjp_observation *a, const struct vjp_observation *b,
                        const struct vjp_spec *spec, int *slot, int64_t *index)
{
    for (int s = vjp_slot_cotangent(spec) + 1; s < vjp_slot_count(spec); s++) {
        for (int placement = 0; placement < 2; placement++) {
            const struct vjp_tensor *x = &a->answer[placement][s];
            const struct vjp_tensor *y = &b->answer[placement][s];
            for (int64_t i = 0; x->data && y->data && i < x->count && i < y->count; i++) {
                if (vjp_tensor_get(x, i) != vjp_tensor_get(y, i)) {
                    *slot = s;
                    *index = i;
                    return true;
                }
            }
        }
    }
    return false;
}

/* A success whose bits are others in a fresh process, or no success there. */
static void settle_audit(struct vjp_finding *finding, const struct vjp_finding *fresh,
                         const struct vjp_case *c)
{
    struct vjp_judgement *judgement = &finding->judgement;
    char *reason = judgement->reason;
    const int size = sizeof judgement->reason;
    const enum vjp_verdict used = judgement->verdict;
    int slot;
    int64_t index;
    reason[0] = '\0';
    if (!vjp_verdict_is_success(fresh->judgement.verdict)) {
        vjp_sentence_add(reason, size,
                         "%s in a process that had run %" PRId64 " cases before, %s in a fresh "
                         "one: %s",
                         vjp_verdict_name(used), finding->age,
                         vjp_verdict_name(fresh->judgement.verdict), fresh->judgement.reason);
    } else if (vjp_examine_differ(&finding->seen, &fresh->seen, c->spec, &slot, &index)) {
        char element[128];
        vjp_reason_element_name(c, slot, index, element, sizeof element);
        vjp_sentence_add(reason, size,
                         "other bits in a process that had run %" PRId64
                         " cases before than in a fresh one, first in %s; the kernel declares that "
                         "it is deterministic",
                         finding->age, element);
    } else {
        return;
    }
    judgement->verdict = VJP_VERDICT_STATE_DEPENDENT;
}

static bool is_conclusive(enum vjp_verdict verdict)
{
    return vjp_verdict_is_failure(verdict) || vjp_verdict_is_success(verdict);
}

enum vjp_status vjp_examine(const struct vjp_targets *targets, struct vjp_target *target,
                            int kernel, const struct vjp_question *question,
                            struct vjp_finding *out, struct vjp_error *error)
{
    struct vjp_finding first = {0};
    struct vjp_finding second = {0};
    enum vjp_status status = run_once(target->worker, kernel, question, &first, error);
    if (status != VJP_OK)
        return status;
    const enum vjp_verdict verdict = first.judgement.verdict;
    target->conclusive[kernel] += is_conclusive(verdict);
    if (vjp_verdict_is_failure(verdict)) {
        /* The process that failed ends here: what it did to itself is no other case's matter. */
        vjp_worker_renew(target->worker);
        status = run_once(target->worker, kernel, question, &second, error);
        if (status == VJP_OK &&
            vjp_examine_settle(&first.judgement, first.age, &second.judgement)) {
            const struct vjp_observation seen = first.seen;
            first.seen = second.seen;
            second.seen = seen;
        }
    } else if (vjp_verdict_is_success(verdict) && target->info->kernel[kernel].deterministic &&
               target->conclusive[kernel] % VJP_AUDIT_INTERVAL == 0) {
        /* In a process of its own, so that this one grows old. */
        struct vjp_worker *fresh;
        status = vjp_target_fresh(targets, target, &fresh, error);
        if (status == VJP_OK)
            status = run_once(fresh, kernel, question, &second, error);
        if (status == VJP_OK)
            settle_audit(&first, &second, vjp_question_case(question));
    }
    vjp_finding_clear(&second);
    if (status == VJP_OK && vjp_verdict_is_success(first.judgement.verdict))
        status = vjp_scaling_ask(targets, target, kernel, question, &first.seen, &first.judgement,
                                 &first.scaling, error);
    if (status == VJP_OK)
        *out = first;
    else
        vjp_finding_clear(&first);
    return status;
}

enum vjp_status vjp_examine_repeatedly(const struct vjp_targets *targets, struct vjp_target *target,
                                       int kernel, int64_t times,
                                       const struct vjp_question *question, struct vjp_finding *out,
                                       struct vjp_error *error)
{
    struct vjp_finding finding = {0};
    enum vjp_status status = VJP_OK;
    for (int64_t i = 0; i < times && status == VJP_OK; i++) {
        vjp_finding_clear(&finding);
        status = vjp_examine(targets, target, kernel, question, &finding, error);
        if (status == VJP_OK && vjp_verdict_is_failure(finding.judgement.verdict))
            break;
    }
    if (status == VJP_OK)
        *out = finding;
    return status;
}
