/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/reduce.h"

#include "cases/gen/generate.h"
#include "reports/bench/clock.h"
#include "reports/cli/inquiry.h"
#include "reports/fuzz/interrupt.h"

#include <stdlib.h>
#include <string.h>

/* More runs find no smaller case in the time of any terminal's patience. */
#define RUNS 20000

/* An error so many times its bound is large whatever the case; of one that was smaller, half must stay: less may be what
 * another order of rounding makes of it. */
#define LARGE 16

struct state {
    const struct vjp_failure *failure;
    double end; /* on the clock */
    /* To explain: a wrong number is a wrong number, whether fewer digits would explain it or not. */
    bool any_error;
    char *reason; /* of the last failure that was alike */
};

void vjp_reduced_clear(struct vjp_reduced *reduced)
{
    vjp_shrunk_clear(&reduced->shrunk);
    free(reduced->reason);
    *reduced = (struct vjp_reduced){.has_explanation = false};
}

static bool is_number(enum vjp_verdict verdict)
{
    return verdict == VJP_VERDICT_WRONG || verdict == VJP_VERDICT_INACCURATE;
}

/* Wrong, and no error is outside its bound: then it is not the error by which the failure is known (scaling.h). */
static bool is_property(const struct vjp_failure *failure)
{
    return (failure->verdict == VJP_VERDICT_WRONG ||
            failure->verdict == VJP_VERDICT_STATE_DEPENDENT) &&
           failure->ratio <= 1;
}

static bool is_alike(const struct state *s, const struct vjp_judgement *judgement)
{
    const struct vjp_failure *failure = s->failure;
    const double large = failure->ratio / 2 < LARGE ? failure->ratio / 2 : LARGE;
    const double enough = is_property(failure) ? 0 : large;
    if (s->any_error && is_number(failure->verdict))
        return is_number(judgement->verdict);
    if (judgement->verdict != failure->verdict)
        return false;
    return judgement->worst_slot < 0 ||
           !(judgement->measure[judgement->worst_slot].worst_ratio < enough);
}

static bool is_empty(const struct vjp_case *c)
{
    bool empty = vjp_case_is_flat(c);
    for (int d = 0; d < c->spec->n_dims; d++)
        empty |= c->dim[d] == 0;
    return empty;
}

static enum vjp_status examine(struct state *s, const struct vjp_question *question, bool *out,
                               struct vjp_error *error)
{
    const struct vjp_failure *f = s->failure;
    struct vjp_finding finding = {0};
    const enum vjp_status status =
        vjp_examine(f->targets, f->target, f->kernel, question, &finding, error);
    if (status != VJP_OK)
        return status;
    const enum vjp_verdict verdict = finding.judgement.verdict;
    *out = is_alike(s, &finding.judgement);
    if (*out) {
        free(s->reason);
        s->reason = strdup(finding.judgement.reason);
    }
    vjp_finding_clear(&finding);
    if (verdict == VJP_VERDICT_UNSUPPORTED)
        return vjp_fail(error, VJP_ERR_USAGE, "the kernel does not do this case");
    if (verdict == VJP_VERDICT_VACUOUS && is_empty(question->c))
        return vjp_fail(error, VJP_ERR_USAGE, "of no elements the case tells nothing");
    return VJP_OK;
}

static enum vjp_status fails(void *env, const struct vjp_case *c, bool *out,
                             struct vjp_error *error)
{
    struct state *s = env;
    const struct vjp_kernel_info *kernel = &s->failure->target->info->kernel[s->failure->kernel];
    struct vjp_inquiry inquiry;
    if (!kernel->has_model[c->dtype])
        return vjp_fail(error, VJP_ERR_USAGE, "the kernel does not do this dtype");
    enum vjp_status status =
        vjp_inquiry_make(c, s->failure->oracle, kernel->kinks, &inquiry, error);
    inquiry.question.scalings = is_property(s->failure) ? VJP_SCALINGS_ALL : VJP_SCALINGS_NONE;
    if (status == VJP_OK)
        status = examine(s, &inquiry.question, out, error);
    vjp_inquiry_clear(&inquiry);
    return status;
}

static enum vjp_status values(void *env, const struct vjp_case *c, struct vjp_data *out,
                              struct vjp_error *error)
{
    (void)env;
    return vjp_data_generate(c, out, error);
}

static bool stop(void *env)
{
    const struct state *s = env;
    return vjp_clock_now() >= s->end || vjp_interrupt_seen() != 0;
}

enum vjp_status vjp_reduce(const struct vjp_failure *failure, const struct vjp_case *c,
                           double seconds, double explain_seconds, struct vjp_reduced *out,
                           struct vjp_error *error)
{
    struct vjp_reduced reduced = {.has_explanation = false};
    struct state s = {.failure = failure, .end = vjp_clock_now() + seconds};
    const struct vjp_shrink how = {
        .fails = fails, .values = values, .stop = stop, .env = &s, .runs = RUNS};
    bool again;
    *out = reduced;
    if (failure->verdict == VJP_VERDICT_STATE_DEPENDENT)
        return VJP_OK;
    enum vjp_status status = vjp_shrink_case(&how, c, &reduced.shrunk, error);
    if (status != VJP_OK)
        return status;
    /* Once more, for its reason: the last case that failed alike may be another one. */
    status = fails(&s, &reduced.shrunk.literal, &again, error);
    /* A kernel that does not fail every time may leave no answer to the case that it failed on: there is no reason then. */
    if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
        status = VJP_OK;
    reduced.reason = s.reason;
    s.reason = NULL;
    s.end = vjp_clock_now() + explain_seconds;
    s.any_error = true;
    if (status == VJP_OK && !stop(&s)) {
        status = vjp_explain_case(&how, &reduced.shrunk.shape, &reduced.explanation, error);
        reduced.has_explanation = status == VJP_OK;
    }
    free(s.reason);
    if (status == VJP_OK)
        *out = reduced;
    else
        vjp_reduced_clear(&reduced);
    return status;
}
