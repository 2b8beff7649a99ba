/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/jury.h"

#include "oracle/jacobian/explicit.h"
#include "reports/bench/clock.h"
#include "reports/cli/inquiry.h"
#include "reports/cli/pairs.h"
#include "reports/fuzz/interrupt.h"
#include "reports/rules/difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scalar operations and elements for the numerical differences of one gradient: some 0.05 s. */
#define DIFFERENCE_WORK 1e5

/* One gradient as rules are given it. */
struct paper {
    double *memory; /* that the arrays lie in */
    double *got[2], *want[2], *scale, *numerical;
    bool is_known; /* the oracle knows every element */
    struct vjp_rule_question question;
};

/* The formula as a function of one operand. */
struct formula {
    const struct vjp_case *c; /* f64 */
    struct vjp_data *data;
    int input;
};

static enum vjp_status evaluate(void *environment, const double *x, double *y,
                                struct vjp_error *error)
{
    const struct formula *f = environment;
    struct vjp_tensor *tensor = &f->data->slot[f->input];
    for (int64_t i = 0; i < tensor->count; i++)
        vjp_tensor_set(tensor, i, vjp_bits_from_double(VJP_F64, x[i]));
    return vjp_explicit_output(f->c, f->data, y, error);
}

/* The operands in f64, which has all numbers of every dtype. */
static enum vjp_status widen(const struct vjp_question *q, struct vjp_data *out,
                             struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot <= vjp_slot_cotangent(q->c->spec) && status == VJP_OK; slot++) {
        const struct vjp_tensor *from = &q->data->slot[slot];
        struct vjp_tensor *to = &out->slot[slot];
        if (!from->data || from->dtype == VJP_I32) {
            status = from->data ? vjp_tensor_copy(to, from, error) : VJP_OK;
            continue;
        }
        status = vjp_tensor_init(to, VJP_F64, &from->shape, error);
        for (int64_t i = 0; i < from->count && status == VJP_OK; i++)
            vjp_tensor_set(to, i,
                           vjp_bits_from_double(
                               VJP_F64, vjp_bits_to_double(from->dtype, vjp_tensor_get(from, i))));
    }
    return status;
}

static enum vjp_status difference(const struct formula *f, int64_t n_y, double *out,
                                  struct vjp_error *error)
{
    const struct vjp_tensor *tensor = &f->data->slot[f->input];
    const struct vjp_tensor *cotangent = &f->data->slot[vjp_slot_cotangent(f->c->spec)];
    const struct vjp_rule_function function = {
        .environment = (void *)f, .n_x = tensor->count, .n_y = n_y, .evaluate = evaluate};
    double *x = calloc((size_t)tensor->count + (size_t)n_y + 1, sizeof *x);
    if (!x)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    double *dy = x + tensor->count;
    for (int64_t i = 0; i < tensor->count; i++)
        x[i] = vjp_bits_to_double(VJP_F64, vjp_tensor_get(tensor, i));
    for (int64_t i = 0; i < n_y; i++)
        dy[i] = vjp_bits_to_double(VJP_F64, vjp_tensor_get(cotangent, i));
    const enum vjp_status status = vjp_rule_differences(&function, x, dy, out, error);
    free(x);
    return status;
}

/* What one evaluation costs: the operations, and what is read. */
static double count_work(const struct vjp_question *q)
{
    double work = vjp_case_work(q->c);
    for (int slot = 0; slot < vjp_slot_count(q->c->spec); slot++)
        work += (double)q->data->slot[slot].count;
    return work;
}

/* The numerical gradient by an input, and what the output held before. *known is false where it is too dear, or a
 * pipeline's stage gives the next what it does not take beside the case's operands. */
static enum vjp_status take_differences(const struct vjp_question *q, int input, double *out,
                                        bool *known, struct vjp_error *error)
{
    const struct vjp_tensor *old = &q->data->slot[vjp_slot_gradient(q->c->spec, input)];
    const int64_t count = q->data->slot[input].count;
    struct vjp_data data = {0};
    struct vjp_case c = *q->c; /* its texts stay q's */
    c.dtype = VJP_F64;
    const struct formula formula = {&c, &data, input};
    *known = 2 * (double)count * count_work(q) <= DIFFERENCE_WORK;
    if (!*known)
        return VJP_OK;
    enum vjp_status status = widen(q, &data, error);
    if (status == VJP_OK)
        status = difference(&formula, data.slot[vjp_slot_cotangent(c.spec)].count, out, error);
    for (int64_t i = 0; i < count && status == VJP_OK && old->data; i++)
        out[i] += vjp_bits_to_double(old->dtype, vjp_tensor_get(old, i));
    vjp_data_clear(&data);
    *known = status == VJP_OK;
    return status == VJP_ERR_USAGE ? VJP_OK : status;
}

/* Whether every operand and the cotangent are such that no order of summation rounds. */
static bool is_exact(const struct vjp_case *c)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (vjp_case_has_slot(c, slot) && vjp_case_has_values(c, slot) &&
            vjp_case_slot_dtype(c, slot) != VJP_I32 && c->slot[slot].generator != VJP_GEN_EXACT)
            return false;
    }
    return true;
}

/* What is right where got stands: itself in a set, or else the end that is nearer. */
static double right_beside(const struct vjp_reference *reference, enum vjp_dtype dtype, int slot,
                           int64_t i, double got)
{
    uint64_t low, high;
    if (!vjp_reference_range(reference, slot, i, &low, &high) || isnan(got))
        return vjp_bits_to_double(dtype, vjp_reference_rounded(reference, slot, i));
    return fmin(fmax(got, vjp_bits_to_double(dtype, low)), vjp_bits_to_double(dtype, high));
}

static void write_elements(const struct vjp_question *q, const struct vjp_observation *seen,
                           int slot, struct paper *p)
{
    const enum vjp_dtype dtype = q->c->dtype;
    p->is_known = true;
    for (int64_t i = 0; i < p->question.count; i++) {
        p->scale[i] = vjp_reference_scale(q->reference, slot, i);
        for (int placement = 0; placement < 2; placement++) {
            const double got =
                vjp_bits_to_double(dtype, vjp_tensor_get(&seen->answer[placement][slot], i));
            p->got[placement][i] = got;
            p->want[placement][i] = right_beside(q->reference, dtype, slot, i, got);
        }
        p->is_known &= vjp_reference_is_settled(q->reference, slot, i) || !isnan(p->want[0][i]);
    }
}

static enum vjp_status make_paper(const struct vjp_question *q, const struct vjp_observation *seen,
                                  int input, bool differences, struct paper *out,
                                  struct vjp_error *error)
{
    const int slot = vjp_slot_gradient(q->c->spec, input);
    const struct vjp_tensor *answer = &seen->answer[0][slot];
    const int rank = answer->shape.rank;
    const size_t n = (size_t)answer->count;
    struct paper p = {.question = {.layer = q->c->spec->name,
                                   .dtype = q->c->dtype,
                                   .count = answer->count,
                                   .row = rank > 0 ? answer->shape.dim[rank - 1] : 1,
                                   .exact = is_exact(q->c)}};
    enum vjp_status status = VJP_OK;
    bool known = false;
    p.memory = calloc(6 * n + 1, sizeof *p.memory);
    if (!p.memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    double **const arrays[] = {&p.got[0],  &p.got[1], &p.want[0],
                               &p.want[1], &p.scale,  &p.numerical};
    for (size_t i = 0; i < 6; i++)
        *arrays[i] = p.memory + i * n;
    write_elements(q, seen, slot, &p);
    if (differences)
        status = take_differences(q, input, p.numerical, &known, error);
    p.question.scale = p.scale;
    p.question.numerical = known ? p.numerical : NULL;
    if (status == VJP_OK)
        *out = p;
    else
        free(p.memory);
    return status;
}

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
        struct paper p;
        if (!vjp_case_has_gradient(q->c, input) || !seen->answer[0][slot].data ||
            !seen->answer[1][slot].data)
            continue;
        status = make_paper(q, seen, input, trial == 0, &p, error);
        if (status != VJP_OK)
            return status;
        for (int rule = 0; vjp_rules[rule].name && p.is_known; rule++) {
            for (int placement = 0; placement < 2 && trial < vjp_rules[rule].trials; placement++) {
                p.question.got = p.got[placement];
                p.question.want = p.want[placement];
                join(&out[rule], vjp_rule_judge(&vjp_rules[rule], &p.question));
            }
        }
        free(p.memory);
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
