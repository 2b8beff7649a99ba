/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/rules_ask.h"

#include "oracle/metric/measure.h"
#include "reports/cli/inquiry.h"
#include "reports/cli/paper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_rules_begin(struct vjp_rules_kernel *kernels, int count, int samples,
                                struct vjp_error *error)
{
    for (int i = 0; i < count; i++) {
        struct vjp_rules_kernel *k = &kernels[i];
        if (!k->answer)
            k->answer = calloc((size_t)samples, sizeof *k->answer);
        if (!k->answer)
            return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        k->count = 0;
        k->failed = false;
        k->why[0] = '\0';
    }
    return VJP_OK;
}

void vjp_rules_end(struct vjp_rules_kernel *kernels, int count)
{
    for (int i = 0; i < count; i++) {
        free(kernels[i].answer);
        kernels[i].answer = NULL;
    }
}

/* A case that is asked, and the answer of the correct kernel. */
struct asking {
    const struct vjp_case *c;
    int input, slot;
    struct vjp_inquiry *inquiry;
    struct vjp_observation beside;
    bool has_beside;
    double *scale; /* S of each element, of the first answer that was judged; NULL: not yet */
};

static const struct vjp_model *model_of(const struct vjp_rules_kernel *k, const struct vjp_case *c)
{
    return &k->target->info->kernel[k->kernel].model[c->dtype];
}

/* Whether a defect changes any bit, and how much: the largest of |got - right| / (u S). */
static bool shows(const struct asking *a, const struct vjp_observation *seen)
{
    for (int placement = 0; placement < 2; placement++) {
        const struct vjp_tensor *got = &seen->answer[placement][a->slot];
        const struct vjp_tensor *right = &a->beside.answer[placement][a->slot];
        for (int64_t i = 0; i < got->count; i++) {
            if (vjp_tensor_get(got, i) != vjp_tensor_get(right, i))
                return true;
        }
    }
    return false;
}

static double size_of(const struct asking *a, const struct vjp_paper *paper, double u)
{
    double largest = 0;
    for (int placement = 0; placement < 2; placement++) {
        const struct vjp_tensor *right = &a->beside.answer[placement][a->slot];
        for (int64_t i = 0; i < right->count; i++) {
            const double change = fabs(paper->got[placement][i] -
                                       vjp_bits_to_double(right->dtype, vjp_tensor_get(right, i)));
            const double size = change == 0 ? 0 : change / (u * paper->scale[i]);
            largest = isnan(size) ? (double)INFINITY : fmax(largest, size);
        }
    }
    return largest;
}

/* Ours: the bound of the declared model. */
static int measure(const struct asking *a, const struct vjp_reference *reference,
                   const struct vjp_rules_kernel *k, const struct vjp_tensor *got, double *size)
{
    struct vjp_measure m;
    vjp_measure_gradient(reference, a->slot, model_of(k, a->c), got, &m);
    *size = fmax(*size, m.worst_backward);
    if (m.compared == 0)
        return VJP_LEVEL_NONE;
    const int level = vjp_level_of_ratio(m.worst_ratio);
    if (m.outside > 0)
        return level > 0 ? level : VJP_LEVEL_NEVER;
    return level < 0 ? level : 0;
}

static enum vjp_status judge(struct asking *a, struct vjp_rules_kernel *k,
                             const struct vjp_observation *seen, struct vjp_error *error)
{
    struct vjp_question question = a->inquiry->question;
    struct vjp_ruling_answer answer = {.shows = true, .ours = VJP_LEVEL_NONE};
    struct vjp_paper paper;
    const double u = exp2(-vjp_format(model_of(k, a->c)->accumulate)->precision);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        answer.level[rule] = VJP_LEVEL_NONE;
    if (k->defect && !shows(a, seen)) {
        answer.shows = false;
        k->answer[k->count++] = answer;
        return VJP_OK;
    }
    enum vjp_status status = vjp_truth_find(
        &a->inquiry->truth, k->target->info->kernel[k->kernel].kinks, &question.reference, error);
    if (status == VJP_OK)
        status = vjp_paper_make(&question, seen, a->input, a->scale, false, &paper, error);
    if (status != VJP_OK)
        return status;
    for (int placement = 0; placement < 2; placement++) {
        paper.question.got = paper.got[placement];
        paper.question.want = paper.want[placement];
        for (int rule = 0; vjp_rules[rule].name && paper.is_known; rule++)
            answer.level[rule] = vjp_level_join(answer.level[rule],
                                                vjp_level_find(&vjp_rules[rule], &paper.question));
        answer.ours =
            vjp_level_join(answer.ours, measure(a, question.reference, k,
                                                &seen->answer[placement][a->slot], &answer.size));
    }
    answer.size = k->defect ? size_of(a, &paper, u) : answer.size / u;
    k->answer[k->count++] = answer;
    if (!a->scale) {
        a->scale = calloc((size_t)paper.question.count + 1, sizeof *a->scale);
        if (a->scale)
            memcpy(a->scale, paper.scale, (size_t)paper.question.count * sizeof *a->scale);
        else
            status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    vjp_paper_clear(&paper);
    return status;
}

static bool is_there(const struct asking *a, const struct vjp_observation *seen)
{
    return seen->outcome == VJP_COMPLETED && seen->answer[0][a->slot].data &&
           seen->answer[1][a->slot].data;
}

static enum vjp_status take_answer(struct asking *a, struct vjp_rules_kernel *k,
                                   struct vjp_error *error)
{
    struct vjp_observation seen = {0};
    enum vjp_status status = VJP_OK;
    if (k->defect && !a->has_beside) {
        status = vjp_worker_run(k->beside->worker, k->beside_kernel, a->c, &a->inquiry->data,
                                &a->beside, error);
        a->has_beside = status == VJP_OK;
    }
    if (status == VJP_OK)
        status =
            vjp_worker_run(k->target->worker, k->kernel, a->c, &a->inquiry->data, &seen, error);
    if (status != VJP_OK)
        return status;
    if (!is_there(a, &seen)) {
        k->failed = seen.outcome != VJP_DECLINED;
        snprintf(k->why, sizeof k->why, "%s%s%s", k->failed ? "no answer" : "the kernel declines",
                 *seen.reason ? ": " : "", seen.reason);
    } else if (k->defect && !is_there(a, &a->beside)) {
        snprintf(k->why, sizeof k->why, "the correct kernel beside it gives no answer");
    } else {
        status = judge(a, k, &seen, error);
    }
    vjp_observation_clear(&seen);
    return status;
}

enum vjp_status vjp_rules_ask(const struct vjp_case *c, int input, struct vjp_rules_kernel *kernels,
                              int count, struct vjp_error *error)
{
    const bool contracted = vjp_reference_check_contracted(c, NULL) == VJP_OK;
    struct vjp_case one = *c; /* its texts stay c's */
    struct vjp_inquiry inquiry;
    struct asking a = {
        .c = c, .input = input, .slot = vjp_slot_gradient(c->spec, input), .inquiry = &inquiry};
    for (int i = 0; i < c->spec->n_inputs; i++)
        one.left_out |= i != input && vjp_case_could_ask(c, i) ? UINT32_C(1) << i : 0;
    enum vjp_status status =
        vjp_inquiry_make(&one, contracted ? VJP_ORACLE_EXACT : VJP_ORACLE_WHOLE,
                         (struct vjp_kinks){0}, &inquiry, error);
    for (int i = 0; i < count && status == VJP_OK; i++) {
        if (kernels[i].wanted && !*kernels[i].why)
            status = take_answer(&a, &kernels[i], error);
    }
    free(a.scale);
    vjp_observation_clear(&a.beside);
    vjp_inquiry_clear(&inquiry);
    return status;
}
