/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/scaling.h"

#include "cases/base/stream.h"
#include "cases/spec/pipeline.h"
#include "reports/verdict/number.h"
#include "reports/verdict/reason.h"
#include "reports/verdict/sentence.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SALT UINT64_C(0x7363616c696e67)

/* Exponents of the constants that a formula may have, or a kernel's own scaling. */
#define CONSTANTS 32

#define FACTORS_MAX 3

/* floor(log2 |x|) of the nonzero elements. */
struct range {
    int low, high; /* low > high: there are none */
};

/* What every number that a kernel forms of the case lies in. */
struct reach {
    struct range all;    /* of products */
    struct range stored; /* of the elements that are multiplied: dy, and what is added to */
};

/* False where an element is no finite number. */
static bool widen(const struct vjp_tensor *t, struct range *range)
{
    for (int64_t i = 0; i < t->count; i++) {
        const double x = vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
        if (!isfinite(x))
            return false;
        if (x == 0)
            continue;
        const int exponent = ilogb(x);
        range->low = exponent < range->low ? exponent : range->low;
        range->high = exponent > range->high ? exponent : range->high;
    }
    return true;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* False where nothing is known, or nothing is to be seen because dy is 0. */
static bool find_reach(const struct vjp_question *q, struct reach *out)
{
    const struct vjp_spec *spec = q->c->spec;
    struct range dy = {INT_MAX, INT_MIN}, old = dy;
    if (!widen(&q->data->slot[vjp_slot_cotangent(spec)], &dy) || dy.low > dy.high)
        return false;
    struct reach reach = {dy, dy};
    for (int i = 0; i < spec->n_inputs; i++) {
        const struct vjp_tensor *t = &q->data->slot[i];
        struct range range = {INT_MAX, INT_MIN};
        if (!t->data || t->dtype == VJP_I32)
            continue;
        if (!widen(t, &range))
            return false;
        if (range.low > range.high)
            continue;
        reach.all.low += least(range.low, 0);
        reach.all.high += most(range.high + 1, 0);
    }
    for (int slot = vjp_slot_cotangent(spec) + 1; slot < vjp_slot_count(spec); slot++) {
        const struct vjp_tensor *t = &q->data->slot[slot];
        if (t->data && !widen(t, &old))
            return false;
    }
    if (old.low <= old.high) {
        reach.all = (struct range){least(reach.all.low, old.low), most(reach.all.high, old.high)};
        reach.stored = (struct range){least(dy.low, old.low), most(dy.high, old.high)};
    }
    reach.all.low -= CONSTANTS;
    reach.all.high += CONSTANTS + 2 + ilogb(1 + (double)spec->reduction(q->c));
    *out = reach;
    return true;
}

/* The exponents by which dy may be multiplied; 0 is among them, or the case is not asked. */
static bool find_exponents(const struct vjp_question *q, const struct vjp_kernel_info *kernel,
                           const struct reach *reach, int *lowest, int *highest)
{
    const struct vjp_model *model = &kernel->model[q->c->dtype];
    const struct vjp_format *sums = vjp_format(model->accumulate);
    const struct vjp_format *kept = vjp_format(q->c->dtype);
    /* The sum is rounded to the dtype before it is added, to what may lie below its normal range. */
    if (q->c->accumulate && kept->precision < sums->precision)
        return false;
    *lowest =
        most(sums->emin + 2 * sums->precision - reach->all.low, kept->emin - reach->stored.low);
    *highest = least(sums->emax - 1 - reach->all.high, kept->emax - reach->stored.high);
    return *lowest <= 0 && *highest >= 0;
}

/* Of all these, those that leave the largest number of the answer where numbers are normal in the dtype, and so much above
 * the least of them that the others are, too, mostly. */
static void keep_normal(const struct vjp_question *q, const struct vjp_observation *seen,
                        int *lowest, int *highest)
{
    const struct vjp_format *kept = vjp_format(q->c->dtype);
    struct range range = {INT_MAX, INT_MIN};
    for (int slot = vjp_slot_cotangent(q->c->spec) + 1; slot < vjp_slot_count(q->c->spec); slot++) {
        if (seen->answer[0][slot].data && !widen(&seen->answer[0][slot], &range))
            return;
    }
    if (range.low > range.high)
        return;
    *lowest = least(most(*lowest, kept->emin + kept->precision - range.high), 0);
    *highest = most(least(*highest, kept->emax - range.high), 0);
}

/* Which multiples are asked for. By rows a bound is not known beside dy, and -dy is not asked. */
static int list_factors(const struct vjp_question *q, int lowest, int highest,
                        struct vjp_multiple out[FACTORS_MAX])
{
    const struct vjp_multiple all[FACTORS_MAX] = {
        {.exponent = highest}, {.exponent = lowest}, {.negative = true}};
    const uint64_t random = vjp_mix64(q->c->seed ^ SALT);
    const int kinds = q->rows ? FACTORS_MAX - 1 : FACTORS_MAX;
    int count = 0;
    for (int i = 0; i < kinds; i++) {
        const bool wanted = q->scalings == VJP_SCALINGS_ALL ||
                            (uint64_t)i == random / VJP_SCALING_EVERY % (uint64_t)kinds;
        if (wanted && (all[i].exponent != 0 || all[i].negative))
            out[count++] = all[i];
    }
    if (count == 0 && kinds == FACTORS_MAX)
        out[count++] = all[FACTORS_MAX - 1];
    return count;
}

static double multiply(double x, const struct vjp_multiple *f)
{
    return f->negative ? -ldexp(x, f->exponent) : ldexp(x, f->exponent);
}

static enum vjp_status scale(const struct vjp_tensor *from, const struct vjp_multiple *f,
                             struct vjp_tensor *out, struct vjp_error *error)
{
    const enum vjp_status status = vjp_tensor_copy(out, from, error);
    for (int64_t i = 0; status == VJP_OK && i < out->count; i++) {
        const double x = vjp_bits_to_double(out->dtype, vjp_tensor_get(out, i));
        vjp_tensor_set(out, i, vjp_bits_from_double(out->dtype, multiply(x, f)));
    }
    return status;
}

/* One multiple, while it is asked for. */
struct asking {
    const struct vjp_question *q;
    const struct vjp_kernel_info *kernel;
    struct vjp_multiple factor;
    const struct vjp_observation *before;
};

/* Whether an element and its multiple are both rounded as normal numbers are. */
static bool is_comparable(const struct asking *a, double x)
{
    const struct vjp_format *kept = vjp_format(a->q->c->dtype);
    if (x == 0)
        return a->factor.zeros;
    const int exponent = isfinite(x) ? ilogb(x) : 0;
    return exponent > kept->emin && exponent + a->factor.exponent > kept->emin &&
           exponent + a->factor.exponent <= kept->emax;
}

/* Whether got, for the multiple, divided by it, is inside the bound. */
static bool is_inside(const struct asking *a, int slot, int64_t i, uint64_t got)
{
    const enum vjp_dtype dtype = a->q->c->dtype;
    const struct vjp_multiple back = {.exponent = -a->factor.exponent,
                                      .negative = a->factor.negative};
    const double x = multiply(vjp_bits_to_double(dtype, got), &back);
    struct vjp_element element;
    if (a->q->rows)
        return true;
    vjp_measure_element(a->q->reference, slot, &a->kernel->model[dtype], i,
                        vjp_bits_from_double(dtype, x), &element);
    return element.standing != VJP_OUTSIDE;
}

static void tell(const struct asking *a, int slot, int64_t i, uint64_t was, uint64_t got,
                 struct vjp_judgement *out)
{
    const enum vjp_dtype dtype = a->q->c->dtype;
    const double expected = multiply(vjp_bits_to_double(dtype, was), &a->factor);
    char name[128], is[96], should[96], factor[32];
    const int size = sizeof out->reason;
    snprintf(factor, sizeof factor, a->factor.exponent == 0 ? "-dy" : "2^%d dy",
             a->factor.exponent);
    vjp_reason_element_name(vjp_question_case(a->q), slot, i, name, sizeof name);
    vjp_number_exact(dtype, got, is, sizeof is);
    vjp_number_exact(dtype, vjp_bits_from_double(dtype, expected), should, sizeof should);
    out->verdict = VJP_VERDICT_WRONG;
    out->reason[0] = '\0';
    vjp_sentence_add(out->reason, size,
                     "not linear in dy: for %s, %s is %s, and should be %s, by its value for dy: "
                     "that factor changes no rounding here, and nothing overflows or underflows",
                     factor, name, is, should);
    vjp_sentence_add(out->reason, size, "%s",
                     is_inside(a, slot, i, got)
                         ? "; both are inside the bound: is something compared with a constant, or "
                           "rounded at a fixed place (VJP_ABI_FIXED_POINT)?"
                         : "; and it is outside the bound: is dy clipped, compared with a "
                           "constant, or added to one?");
}

/* Compares the answers to one slot. False where they differ, and that is told. A kernel may choose its order by its terms, in
 * ascending order, say: no power of two changes that, but -1 turns it round, so that only the bound holds for -dy. */
static bool compare_slot(const struct asking *a, int slot, const struct vjp_tensor *was,
                         const struct vjp_tensor *is, struct vjp_judgement *out)
{
    const enum vjp_dtype dtype = a->q->c->dtype;
    for (int64_t i = 0; was->data && is->data && i < was->count; i++) {
        const uint64_t got = vjp_tensor_get(is, i);
        const double x = vjp_bits_to_double(dtype, vjp_tensor_get(was, i));
        if (vjp_bits_to_double(dtype, got) == multiply(x, &a->factor) || !is_comparable(a, x))
            continue;
        if ((a->kernel->fixed_point || a->factor.negative) && is_inside(a, slot, i, got))
            continue;
        tell(a, slot, i, vjp_tensor_get(was, i), got, out);
        return false;
    }
    return true;
}

/* By rows, what was seen before is of the rows. */
static enum vjp_status compare(const struct asking *a, const struct vjp_observation *seen,
                               struct vjp_judgement *out, struct vjp_error *error)
{
    const struct vjp_spec *spec = a->q->c->spec;
    enum vjp_status status = VJP_OK;
    bool same = true;
    for (int slot = vjp_slot_cotangent(spec) + 1; slot < vjp_slot_count(spec); slot++) {
        for (int p = 0; p < 2 && same && status == VJP_OK; p++) {
            const struct vjp_tensor *is = &seen->answer[p][slot];
            struct vjp_tensor part = {0};
            if (a->q->rows && is->data)
                status = vjp_excerpt_cut(&a->q->rows->excerpt, a->q->c, slot, is, &part, error);
            if (status == VJP_OK)
                same = compare_slot(a, slot, &a->before->answer[p][slot], a->q->rows ? &part : is,
                                    out);
            vjp_tensor_clear(&part);
        }
    }
    return status;
}

/* Runs the kernel on the operands with dy, and what is added to, multiplied. */
static enum vjp_status run(struct vjp_worker *worker, int kernel, const struct asking *a,
                           struct vjp_observation *out, struct vjp_error *error)
{
    const int dy = vjp_slot_cotangent(a->q->c->spec);
    struct vjp_data data = *a->q->data;
    enum vjp_status status = VJP_OK;
    for (int slot = dy; slot < vjp_slot_count(a->q->c->spec); slot++)
        data.slot[slot] = (struct vjp_tensor){0};
    for (int slot = dy; slot < vjp_slot_count(a->q->c->spec) && status == VJP_OK; slot++) {
        if (a->q->data->slot[slot].data)
            status = scale(&a->q->data->slot[slot], &a->factor, &data.slot[slot], error);
    }
    if (status == VJP_OK)
        status = vjp_worker_run(worker, kernel, a->q->c, &data, out, error);
    for (int slot = dy; slot < vjp_slot_count(a->q->c->spec); slot++)
        vjp_tensor_clear(&data.slot[slot]);
    return status;
}

/* What the worker makes of the multiple. */
static enum vjp_status ask(struct vjp_worker *worker, int kernel, const struct asking *a,
                           struct vjp_judgement *out, struct vjp_error *error)
{
    struct vjp_observation seen;
    enum vjp_status status = run(worker, kernel, a, &seen, error);
    if (status != VJP_OK)
        return status;
    *out = (struct vjp_judgement){.worst_slot = -1};
    if (seen.outcome != VJP_COMPLETED)
        vjp_judge(a->q->c, a->kernel, a->q->reference, &seen, out);
    else if (!vjp_judge_conduct(a->q->c, a->kernel, NULL, &seen, out))
        status = compare(a, &seen, out, error);
    vjp_observation_clear(&seen);
    return status;
}

static void settle(const struct asking *a, const struct vjp_judgement *used,
                   const struct vjp_judgement *fresh, struct vjp_judgement *out)
{
    const int size = sizeof out->reason;
    out->verdict = used->verdict;
    out->reason[0] = '\0';
    if (used->verdict == VJP_VERDICT_WRONG && !vjp_verdict_is_failure(fresh->verdict)) {
        out->verdict = VJP_VERDICT_STATE_DEPENDENT;
        vjp_sentence_add(out->reason, size,
                         "after a call with dy, %s; a process that was asked for this "
                         "only gives the multiple",
                         used->reason);
        return;
    }
    vjp_sentence_add(out->reason, size, "%s", used->reason);
    if (used->verdict != VJP_VERDICT_WRONG)
        vjp_sentence_add(out->reason, size,
                         a->factor.exponent == 0 ? " (for -dy)" : " (for 2^%d dy)",
                         a->factor.exponent);
}

/* A failure is asked for once more, in a fresh process; the one that failed ends. */
static enum vjp_status ask_twice(const struct vjp_targets *targets, struct vjp_target *target,
                                 int kernel, const struct asking *a,
                                 struct vjp_judgement *judgement, struct vjp_error *error)
{
    struct vjp_judgement used, fresh;
    struct vjp_worker *other;
    enum vjp_status status = ask(target->worker, kernel, a, &used, error);
    if (status != VJP_OK || !vjp_verdict_is_failure(used.verdict))
        return status;
    vjp_worker_renew(target->worker);
    status = vjp_target_fresh(targets, target, &other, error);
    if (status == VJP_OK)
        status = ask(other, kernel, a, &fresh, error);
    if (status == VJP_OK)
        settle(a, &used, &fresh, judgement);
    return status;
}

/* Whether the case is one of those that are asked. */
static bool is_chosen(const struct vjp_question *q)
{
    if (q->scalings == VJP_SCALINGS_NONE)
        return false;
    return q->scalings == VJP_SCALINGS_ALL || q->rows ||
           vjp_mix64(q->c->seed ^ SALT) % VJP_SCALING_EVERY == 0;
}

enum vjp_status vjp_scaling_ask(const struct vjp_targets *targets, struct vjp_target *target,
                                int kernel, const struct vjp_question *question,
                                const struct vjp_observation *seen, struct vjp_judgement *judgement,
                                struct vjp_scaling *out, struct vjp_error *error)
{
    struct asking asking = {.q = question, .kernel = &target->info->kernel[kernel], .before = seen};
    struct vjp_multiple factor[FACTORS_MAX];
    struct reach reach;
    int lowest, highest;
    *out = (struct vjp_scaling){.scaled = VJP_SCALED_NOT};
    if (!is_chosen(question))
        return VJP_OK;
    out->scaled = VJP_SCALED_SKIPPED;
    if (!question->c->spec->sums_products || !asking.kernel->deterministic ||
        !find_reach(question, &reach) ||
        !find_exponents(question, asking.kernel, &reach, &lowest, &highest))
        return VJP_OK;
    const struct vjp_format *sums = vjp_format(asking.kernel->model[question->c->dtype].accumulate);
    const int bits = 2 * sums->precision;
    keep_normal(question, seen, &lowest, &highest);
    const int n = list_factors(question, lowest, highest, factor);
    out->scaled = n > 0 ? VJP_SCALED_ASKED : VJP_SCALED_SKIPPED;
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < n && status == VJP_OK && !vjp_verdict_is_failure(judgement->verdict); i++) {
        asking.factor = factor[i];
        asking.factor.zeros = reach.all.low - bits + least(factor[i].exponent, 0) >=
                              vjp_format(question->c->dtype)->emin;
        status = ask_twice(targets, target, kernel, &asking, judgement, error);
        if (status == VJP_OK && vjp_verdict_is_failure(judgement->verdict))
            out->failed = asking.factor;
    }
    return status;
}
