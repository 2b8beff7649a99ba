/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/question.h"

#include "oracle/metric/lost.h"
#include "reports/verdict/reason.h"
#include "reports/verdict/sentence.h"

#include <inttypes.h>
#include <string.h>

enum vjp_status vjp_question_ask(struct vjp_truth *truth, struct vjp_kinks kinks,
                                 struct vjp_question *out, struct vjp_error *error)
{
    *out = (struct vjp_question){.c = truth->c, .data = truth->data, .rows = truth->rows};
    return vjp_truth_find(truth, kinks, &out->reference, error);
}

const struct vjp_case *vjp_question_case(const struct vjp_question *question)
{
    return question->rows ? &question->rows->excerpt.c : question->c;
}

/* The answers of the rows. Those that are missing stay so. */
static enum vjp_status cut_answers(const struct vjp_excerpt *excerpt, const struct vjp_case *c,
                                   const struct vjp_observation *seen,
                                   struct vjp_tensor out[2][VJP_MAX_SLOTS], struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = vjp_slot_cotangent(c->spec) + 1; slot < vjp_slot_count(c->spec); slot++) {
        for (int placement = 0; placement < 2 && status == VJP_OK; placement++) {
            const struct vjp_tensor *answer = &seen->answer[placement][slot];
            if (answer->data)
                status = vjp_excerpt_cut(excerpt, c, slot, answer, &out[placement][slot], error);
        }
    }
    return status;
}

/* Judges a copy of the observation that has the answers of the rows instead; these go to the caller, who clears them. */
static enum vjp_status judge_rows(const struct vjp_question *q, const struct vjp_excerpt *excerpt,
                                  const struct vjp_reference *reference,
                                  const struct vjp_kernel_info *kernel,
                                  const struct vjp_observation *seen,
                                  struct vjp_tensor answers[2][VJP_MAX_SLOTS],
                                  struct vjp_judgement *out, struct vjp_error *error)
{
    struct vjp_observation part = *seen;
    const enum vjp_status status = cut_answers(excerpt, q->c, seen, answers, error);
    if (status != VJP_OK)
        return status;
    memcpy(part.answer, answers, sizeof part.answer);
    vjp_judge(&excerpt->c, kernel, reference, &part, out);
    if (vjp_verdict_is_failure(out->verdict) || out->verdict == VJP_VERDICT_VACUOUS) {
        char rows[160];
        vjp_sentence_add(out->reason, sizeof out->reason, " (counted in the rows %s)",
                         vjp_excerpt_text(excerpt, rows, sizeof rows));
    }
    return VJP_OK;
}

static void clear_answers(struct vjp_tensor answers[2][VJP_MAX_SLOTS])
{
    for (int placement = 0; placement < 2; placement++) {
        for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
            vjp_tensor_clear(&answers[placement][slot]);
    }
}

/* The first element that is not 0 where the cotangent is. */
static bool find_stray(const struct vjp_question *q, const struct vjp_observation *seen, int *slot,
                       int64_t *index)
{
    for (int s = vjp_slot_cotangent(q->c->spec) + 1; s < vjp_slot_count(q->c->spec); s++) {
        const struct vjp_tensor *before = q->c->accumulate ? &q->data->slot[s] : NULL;
        for (int placement = 0; placement < 2; placement++) {
            const struct vjp_tensor *answer = &seen->answer[placement][s];
            *slot = s;
            *index = answer->data
                         ? vjp_excerpt_find_stray(&q->rows->excerpt, q->c, s, answer, before)
                         : -1;
            if (*index >= 0)
                return true;
        }
    }
    return false;
}

/* Judges with the rows of an element among the others: a number that overflowed on its way may be excused there. */
static enum vjp_status judge_stray(const struct vjp_question *q,
                                   const struct vjp_kernel_info *kernel,
                                   const struct vjp_observation *seen, int slot, int64_t index,
                                   struct vjp_judgement *out, struct vjp_error *error)
{
    struct vjp_excerpt excerpt;
    struct vjp_data data = {0};
    struct vjp_reference *reference = NULL;
    struct vjp_tensor answers[2][VJP_MAX_SLOTS] = {0};
    struct vjp_judgement judgement;
    enum vjp_status status = vjp_excerpt_init(&excerpt, &q->rows->excerpt.c, error);
    if (status != VJP_OK)
        return status;
    memcpy(excerpt.count, q->rows->excerpt.count, sizeof excerpt.count);
    memcpy(excerpt.at, q->rows->excerpt.at, sizeof excerpt.at);
    vjp_excerpt_keep_element(&excerpt, q->c, slot, index);
    status = vjp_excerpt_cut_data(&excerpt, q->c, q->data, &data, error);
    if (status == VJP_OK)
        status = vjp_reference_create(&excerpt.c, &data, kernel->kinks, &reference, error);
    if (status == VJP_OK)
        status = judge_rows(q, &excerpt, reference, kernel, seen, answers, &judgement, error);
    if (status == VJP_OK && vjp_verdict_is_failure(judgement.verdict)) {
        /* The measures stay those of the rows that were chosen. */
        out->verdict = judgement.verdict;
        memcpy(out->reason, judgement.reason, sizeof out->reason);
    }
    clear_answers(answers);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_excerpt_clear(&excerpt);
    return status;
}

/* Terms that are missing, or counted twice, make an error that a format of few bits often explains as well. Where a
 * block of them is the error, to the last bit that rounding leaves, that is what is wrong. */
static enum vjp_status name_lost(const struct vjp_question *q, const struct vjp_kernel_info *kernel,
                                 const struct vjp_observation *seen, struct vjp_judgement *out,
                                 struct vjp_error *error)
{
    const int slot = out->worst_slot;
    char numbers[sizeof out->reason], name[VJP_SLOT_NAME_MAX];
    struct vjp_lost lost;
    bool found;
    if (out->verdict != VJP_VERDICT_INACCURATE || slot < 0)
        return VJP_OK;
    const struct vjp_tensor *got = &seen->answer[out->placement[slot]][slot];
    const enum vjp_status status = vjp_lost_find(
        q->c, q->data, q->reference, slot, &kernel->model[q->c->dtype], got, &found, &lost, error);
    if (status != VJP_OK || !found)
        return status;
    vjp_reason_numbers(q->c, kernel, q->reference, slot, &out->measure[slot], got, numbers,
                       sizeof numbers);
    out->verdict = VJP_VERDICT_WRONG;
    out->reason[0] = '\0';
    vjp_sentence_add(out->reason, sizeof out->reason,
                     "of the %" PRId64 " terms that an element of %s sums, %" PRId64 ":%" PRId64
                     " %s: %.380s",
                     lost.terms, vjp_slot_name(q->c->spec, slot, name, sizeof name), lost.from,
                     lost.to, lost.twice ? "count twice" : "are lost", numbers);
    return VJP_OK;
}

enum vjp_status vjp_question_judge(const struct vjp_question *q,
                                   const struct vjp_kernel_info *kernel,
                                   struct vjp_observation *seen, struct vjp_judgement *out,
                                   struct vjp_error *error)
{
    struct vjp_tensor answers[2][VJP_MAX_SLOTS] = {0};
    int slot;
    int64_t index;
    if (!q->rows || seen->outcome != VJP_COMPLETED) {
        vjp_judge(q->c, kernel, q->reference, seen, out);
        return q->rows ? VJP_OK : name_lost(q, kernel, seen, out, error);
    }
    /* What it did to memory and process is told in the words of the whole case. */
    if (vjp_judge_conduct(q->c, kernel, NULL, seen, out)) {
        vjp_observation_clear_answers(seen);
        return VJP_OK;
    }
    enum vjp_status status =
        judge_rows(q, &q->rows->excerpt, q->reference, kernel, seen, answers, out, error);
    if (status == VJP_OK && !vjp_verdict_is_failure(out->verdict) &&
        find_stray(q, seen, &slot, &index))
        status = judge_stray(q, kernel, seen, slot, index, out, error);
    if (status != VJP_OK) {
        clear_answers(answers);
        return status;
    }
    vjp_observation_clear_answers(seen);
    memcpy(seen->answer, answers, sizeof answers);
    return VJP_OK;
}
