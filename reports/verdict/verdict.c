/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/verdict.h"

#include "reports/verdict/reason.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *vjp_verdict_name(enum vjp_verdict verdict)
{
    static const char *const names[VJP_VERDICT_COUNT] = {
        [VJP_VERDICT_UNSUPPORTED] = "unsupported",
        [VJP_VERDICT_VACUOUS] = "vacuous",
        [VJP_VERDICT_EXACT] = "exact",
        [VJP_VERDICT_PASS] = "pass",
        [VJP_VERDICT_INACCURATE] = "inaccurate",
        [VJP_VERDICT_NONDETERMINISTIC] = "nondeterministic",
        [VJP_VERDICT_STATE_DEPENDENT] = "state_dependent",
        [VJP_VERDICT_FP_ENVIRONMENT] = "fp_environment",
        [VJP_VERDICT_WRONG] = "wrong",
        [VJP_VERDICT_UNWRITTEN] = "unwritten",
        [VJP_VERDICT_INPUT_MODIFIED] = "input_modified",
        [VJP_VERDICT_OUT_OF_BOUNDS] = "out_of_bounds",
        [VJP_VERDICT_CRASHED] = "crashed",
        [VJP_VERDICT_HUNG] = "hung",
    };
    return names[verdict];
}

/* Everything a judgement is made of, so that its steps can be read alone. */
struct view {
    const struct vjp_case *c;
    const struct vjp_kernel_info *kernel;
    const struct vjp_reference *reference;
    const struct vjp_observation *seen;
};

VJP_PRINTF(3, 4)
static void conclude(struct vjp_judgement *out, enum vjp_verdict verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    out->verdict = verdict;
    vsnprintf(out->reason, sizeof out->reason, format, args);
    va_end(args);
}

/* The call did not come to an end that has answers. */
static void judge_outcome(const struct view *v, struct vjp_judgement *out)
{
    const struct vjp_observation *seen = v->seen;
    char *reason = out->reason;
    const int size = sizeof out->reason;
    switch (seen->outcome) {
    case VJP_DECLINED:
        conclude(out, VJP_VERDICT_UNSUPPORTED, "%s", seen->reason);
        return;
    case VJP_HUNG:
        out->verdict = VJP_VERDICT_HUNG;
        vjp_reason_outcome(seen, reason, size);
        return;
    case VJP_REFUSED:
        out->verdict = VJP_VERDICT_WRONG;
        vjp_reason_outcome(seen, reason, size);
        return;
    case VJP_CRASHED:
    case VJP_EXITED:
    case VJP_COMPLETED:
    default:
        break;
    }
    if (seen->out_of_bounds.found) {
        out->verdict = VJP_VERDICT_OUT_OF_BOUNDS;
        vjp_reason_touch(v->c, &seen->out_of_bounds, reason, size);
    } else if (seen->input_changed.found) {
        out->verdict = VJP_VERDICT_INPUT_MODIFIED;
        vjp_reason_input(v->c, &seen->input_changed, reason, size);
    } else {
        out->verdict = VJP_VERDICT_CRASHED;
        vjp_reason_outcome(seen, reason, size);
    }
}

/* Rules broken by a call that came to its end. Returns whether there was one. */
static bool judge_conduct(const struct view *v, struct vjp_judgement *out)
{
    const struct vjp_observation *seen = v->seen;
    char *reason = out->reason;
    const int size = sizeof out->reason;
    if (seen->out_of_bounds.found) {
        out->verdict = VJP_VERDICT_OUT_OF_BOUNDS;
        vjp_reason_touch(v->c, &seen->out_of_bounds, reason, size);
    } else if (seen->input_changed.found) {
        out->verdict = VJP_VERDICT_INPUT_MODIFIED;
        vjp_reason_input(v->c, &seen->input_changed, reason, size);
    } else if (seen->unwritten_slot >= 0) {
        out->verdict = VJP_VERDICT_UNWRITTEN;
        vjp_reason_unwritten(v->c, seen, reason, size);
    } else if (seen->fp_environment[0]) {
        conclude(out, VJP_VERDICT_FP_ENVIRONMENT, "%s", seen->fp_environment);
    } else if (seen->reads_old_output) {
        out->verdict = VJP_VERDICT_WRONG;
        vjp_reason_old_output(v->c, v->reference, seen, reason, size);
    } else if (seen->repeat_slot >= 0 && v->kernel->deterministic) {
        char element[128];
        vjp_reason_element_name(v->c, seen->repeat_slot, seen->repeat_index, element,
                                sizeof element);
        conclude(out, VJP_VERDICT_NONDETERMINISTIC,
                 "the same call again gave other bits, first in %s; the kernel declares that it is "
                 "deterministic",
                 element);
    } else {
        return false;
    }
    return true;
}

/* Whether measure a is worse news than b. NaN counts as the worst ratio. */
static bool is_worse(const struct vjp_measure *a, const struct vjp_measure *b)
{
    if ((a->outside > 0) != (b->outside > 0))
        return a->outside > 0;
    if (a->outside > 0 && a->explained_by != b->explained_by)
        return a->explained_by < b->explained_by;
    if (a->outside != b->outside)
        return a->outside > b->outside;
    if (a->unresolved + a->excused != b->unresolved + b->excused)
        return a->unresolved + a->excused > b->unresolved + b->excused;
    if (a->correct != b->correct && a->worst_ratio == b->worst_ratio)
        return a->correct < b->correct;
    return !(a->worst_ratio <= b->worst_ratio);
}

static bool is_answer(const struct vjp_case *c, int slot, const struct vjp_tensor *t)
{
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);
    return t->data && t->dtype == c->dtype && vjp_shape_is_equal(&t->shape, &shape);
}

static bool is_same_answer(const struct vjp_tensor *a, const struct vjp_tensor *b)
{
    return memcmp(a->data, b->data, (size_t)(a->count * vjp_format(a->dtype)->bytes)) == 0;
}

/* Measures both placements of a gradient and keeps the worse. False where an answer is missing. */
static bool measure_slot(const struct view *v, int slot, struct vjp_judgement *out)
{
    const struct vjp_tensor *left = &v->seen->answer[0][slot];
    const struct vjp_tensor *right = &v->seen->answer[1][slot];
    const struct vjp_model *model = &v->kernel->model[v->c->dtype];
    if (!is_answer(v->c, slot, left) || !is_answer(v->c, slot, right))
        return false;
    struct vjp_measure *measure = &out->measure[slot];
    vjp_measure_gradient(v->reference, slot, model, left, measure);
    if (!is_same_answer(left, right)) {
        struct vjp_measure other;
        vjp_measure_gradient(v->reference, slot, model, right, &other);
        if (is_worse(&other, measure)) {
            *measure = other;
            out->placement[slot] = 1;
        }
    }
    out->measured[slot] = true;
    return true;
}

/* The gradient to name: one with elements outside before any without, then the largest ratio. */
static int find_worst_slot(const struct view *v, const struct vjp_judgement *out)
{
    int worst = -1;
    for (int slot = 0; slot < vjp_slot_count(v->c->spec); slot++) {
        const struct vjp_measure *m = &out->measure[slot];
        if (!out->measured[slot] || m->worst.index < 0)
            continue;
        const struct vjp_measure *best = worst < 0 ? NULL : &out->measure[worst];
        if (!best || ((m->outside > 0) == (best->outside > 0) ? m->worst_ratio > best->worst_ratio
                                                              : m->outside > 0))
            worst = slot;
    }
    return worst;
}

/* The most precise format below the declared one that explains every gradient, or -1. */
static int find_explanation(const struct view *v, const struct vjp_judgement *out)
{
    int explained_by = VJP_DTYPE_COUNT;
    for (int slot = 0; slot < vjp_slot_count(v->c->spec); slot++) {
        const struct vjp_measure *m = &out->measure[slot];
        if (out->measured[slot] && m->outside > 0 && m->explained_by < explained_by)
            explained_by = m->explained_by;
    }
    return explained_by;
}

static void judge_outside(const struct view *v, struct vjp_judgement *out)
{
    const int slot = out->worst_slot;
    const int format = find_explanation(v, out);
    char numbers[sizeof out->reason];
    vjp_reason_numbers(v->c, v->kernel, v->reference, slot, &out->measure[slot],
                       &v->seen->answer[out->placement[slot]][slot], numbers, sizeof numbers);
    if (format >= 0 && format < VJP_DTYPE_COUNT)
        conclude(out, VJP_VERDICT_INACCURATE, "accumulation in %s would explain it: %.400s",
                 vjp_format((enum vjp_dtype)format)->name, numbers);
    else
        conclude(out, VJP_VERDICT_WRONG, "%s", numbers);
}

/* The counts of a measure must add up, and no worst value may be NaN: a comparison of nothing must
 * not look like one that found nothing. */
static bool is_sound(const struct vjp_measure *m)
{
    return m->correct >= 0 && m->outside >= 0 && m->excused >= 0 && m->unresolved >= 0 &&
           m->correct + m->outside <= m->compared &&
           m->compared + m->excused + m->unresolved == m->count && !isnan(m->worst_ratio) &&
           !isnan(m->worst_ulp) && (m->outside == 0 || m->worst.index >= 0);
}

static void judge_numbers(const struct view *v, struct vjp_judgement *out)
{
    int64_t outside = 0;
    bool exact = true;
    bool telling = false;
    bool blind = false; /* some gradient was not looked at: what the others say is no pass */
    for (int slot = 0; slot < vjp_slot_count(v->c->spec); slot++) {
        const struct vjp_measure *m = &out->measure[slot];
        if (!out->measured[slot])
            continue;
        if (!is_sound(m)) {
            conclude(out, VJP_VERDICT_WRONG, "the measures of gradient slot %d do not add up",
                     slot);
            return;
        }
        outside += m->outside;
        exact = exact && m->correct == m->count;
        telling = telling || (m->compared > 0 && !m->trivial);
        blind = blind || (m->compared == 0 && m->count > 0);
    }
    if (outside > 0) {
        judge_outside(v, out);
    } else if (!telling || blind) {
        out->verdict = VJP_VERDICT_VACUOUS;
        vjp_reason_vacuous(v->c, out, out->reason, sizeof out->reason);
    } else {
        out->verdict = exact ? VJP_VERDICT_EXACT : VJP_VERDICT_PASS;
    }
}

bool vjp_judge_conduct(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
                       const struct vjp_reference *reference,
                       const struct vjp_observation *observation, struct vjp_judgement *out)
{
    const struct view v = {.c = c, .kernel = kernel, .reference = reference, .seen = observation};
    struct vjp_judgement judgement = {.verdict = VJP_VERDICT_WRONG, .worst_slot = -1};
    if (!kernel->has_model[c->dtype])
        conclude(&judgement, VJP_VERDICT_WRONG, "ran %s, for which the kernel declares no model",
                 vjp_format(c->dtype)->name);
    else if (observation->outcome != VJP_COMPLETED)
        judge_outcome(&v, &judgement);
    else if (!judge_conduct(&v, &judgement))
        return false;
    *out = judgement;
    return true;
}

void vjp_judge(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
               const struct vjp_reference *reference, const struct vjp_observation *observation,
               struct vjp_judgement *out)
{
    const struct view v = {.c = c, .kernel = kernel, .reference = reference, .seen = observation};
    *out = (struct vjp_judgement){.verdict = VJP_VERDICT_WRONG, .worst_slot = -1};
    if (!kernel->has_model[c->dtype]) {
        conclude(out, VJP_VERDICT_WRONG, "ran %s, for which the kernel declares no model",
                 vjp_format(c->dtype)->name);
        return;
    }
    if (observation->outcome != VJP_COMPLETED) {
        judge_outcome(&v, out);
        return;
    }
    bool complete = true;
    for (int slot = vjp_slot_cotangent(c->spec) + 1; slot < vjp_slot_count(c->spec); slot++) {
        if (vjp_case_has_slot(c, slot))
            complete = measure_slot(&v, slot, out) && complete;
    }
    out->worst_slot = find_worst_slot(&v, out);
    if (judge_conduct(&v, out))
        return;
    if (complete)
        judge_numbers(&v, out);
    else
        conclude(out, VJP_VERDICT_WRONG, "the call ended, but a gradient has no answer");
}
