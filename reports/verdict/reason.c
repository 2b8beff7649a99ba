/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/reason.h"

#include "reports/verdict/number.h"
#include "reports/verdict/pattern.h"
#include "reports/verdict/sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

void vjp_reason_touch(const struct vjp_case *c, const struct vjp_touch *touch, char *text, int size)
{
    char name[NAME_SIZE];
    vjp_slot_name(c->spec, touch->slot, name, sizeof name);
    const char *verb = touch->wrote ? "wrote" : "read";
    const char *s = plural(touch->bytes);
    switch (touch->side) {
    case VJP_BEFORE:
        snprintf(text, (size_t)size, "%s %" PRId64 " byte%s before the first element of %s", verb,
                 touch->bytes, s, name);
        return;
    case VJP_AFTER:
        snprintf(text, (size_t)size, "%s %" PRId64 " byte%s past the end of %s", verb, touch->bytes,
                 s, name);
        return;
    case VJP_BETWEEN:
        snprintf(text, (size_t)size,
                 "%s %" PRId64 " byte%s past the end of a row of %s, into the "
                 "padding",
                 verb, touch->bytes, s, name);
        return;
    }
    snprintf(text, (size_t)size, "%s outside %s", verb, name);
}

void vjp_reason_input(const struct vjp_case *c, const struct vjp_touch *touch, char *text, int size)
{
    char name[NAME_SIZE];
    vjp_slot_name(c->spec, touch->slot, name, sizeof name);
    snprintf(text, (size_t)size, "%s to %s, which is read-only, at byte %" PRId64 " of its storage",
             touch->wrote ? "a write" : "a change", name, touch->bytes - 1);
}

void vjp_reason_unwritten(const struct vjp_case *c, const struct vjp_observation *observation,
                          char *text, int size)
{
    const int slot = observation->unwritten_slot;
    const int64_t count = observation->unwritten_count;
    char name[NAME_SIZE];
    char element[2 * NAME_SIZE];
    vjp_slot_name(c->spec, slot, name, sizeof name);
    vjp_reason_element_name(c, slot, observation->unwritten_index, element, sizeof element);
    if (count == 1)
        snprintf(text, (size_t)size, "%s was never written", element);
    else if (count == observation->answer[0][slot].count)
        snprintf(text, (size_t)size, "no element of %s was ever written", name);
    else
        snprintf(text, (size_t)size,
                 "%" PRId64 " elements of %s were never written, the first is %s", count, name,
                 element);
}

/* Finds an element that is NaN where the truth is none. */
static bool find_leaked_nan(const struct vjp_case *c, const struct vjp_reference *reference,
                            const struct vjp_observation *observation, int *slot, int64_t *index)
{
    for (int s = vjp_slot_cotangent(c->spec) + 1; s < vjp_slot_count(c->spec); s++) {
        for (int placement = 0; placement < 2; placement++) {
            const struct vjp_tensor *answer = &observation->answer[placement][s];
            for (int64_t i = 0; answer->data && i < answer->count; i++) {
                if (vjp_bits_is_nan(c->dtype, vjp_tensor_get(answer, i)) &&
                    !(reference &&
                      vjp_bits_is_nan(c->dtype, vjp_reference_rounded(reference, s, i)))) {
                    *slot = s;
                    *index = i;
                    return true;
                }
            }
        }
    }
    return false;
}

void vjp_reason_old_output(const struct vjp_case *c, const struct vjp_reference *reference,
                           const struct vjp_observation *observation, char *text, int size)
{
    int slot;
    int64_t index;
    if (find_leaked_nan(c, reference, observation, &slot, &index)) {
        char name[NAME_SIZE];
        char element[2 * NAME_SIZE];
        vjp_slot_name(c->spec, slot, name, sizeof name);
        vjp_reason_element_name(c, slot, index, element, sizeof element);
        snprintf(text, (size_t)size,
                 "reads what %s held before the call: %s is NaN because it was NaN before "
                 "(0 * NaN is NaN); set it, do not scale it by 0",
                 name, element);
    } else {
        snprintf(text, (size_t)size,
                 "the answer depends on what the outputs held before the call, but accumulate is "
                 "0: set them, do not add to them");
    }
}

/* What the observation does not put into words itself. */
static void describe_outcome(const struct vjp_observation *observation, char *text, int size)
{
    const int code = observation->code;
    switch (observation->outcome) {
    case VJP_HUNG:
        vjp_sentence_add(text, size, "the call did not return in time");
        break;
    case VJP_CRASHED:
        vjp_sentence_add(text, size, "ended by signal %d (SIG%s)", code,
                         sigabbrev_np(code) ? sigabbrev_np(code) : "?");
        if (observation->address)
            vjp_sentence_add(text, size, " at address 0x%" PRIx64, observation->address);
        break;
    case VJP_REFUSED:
        vjp_sentence_add(text, size,
                         "run returned %d, which is neither done (0) nor unsupported (1)", code);
        break;
    case VJP_EXITED:
    case VJP_COMPLETED:
    case VJP_DECLINED:
    default:
        vjp_sentence_add(text, size, "unexpected outcome %d", (int)observation->outcome);
    }
}

void vjp_reason_outcome(const struct vjp_observation *observation, char *text, int size)
{
    text[0] = '\0';
    if (observation->outcome == VJP_EXITED)
        /* By exit, or because its last thread ended, or by closing what it hears us with. */
        vjp_sentence_add(text, size,
                         "the process ended by itself, with exit status %d, inside the call",
                         observation->code);
    else if (observation->reason[0])
        vjp_sentence_add(text, size, "%s", observation->reason);
    else
        describe_outcome(observation, text, size);
    if (observation->conduct[0] && observation->outcome != VJP_REFUSED)
        vjp_sentence_add(text, size, "; before that, %s", observation->conduct);
    if (observation->log[0])
        vjp_sentence_add(text, size, "; it wrote: %s", observation->log);
}

static void describe_error(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
                           const struct vjp_element *e, char *text, int size)
{
    const char *accumulate = vjp_format(kernel->model[c->dtype].accumulate)->name;
    const bool got_finite = isfinite(vjp_bits_to_double(c->dtype, e->got));
    const bool want_finite = isfinite(vjp_bits_to_double(c->dtype, e->want));
    char error[32];
    char ratio[32];
    char bound[32];
    char scale[32];
    vjp_number_short(e->error, error, sizeof error);
    vjp_number_short(e->ratio, ratio, sizeof ratio);
    vjp_number_short(e->bound, bound, sizeof bound);
    vjp_number_short(e->scale, scale, sizeof scale);
    const bool sums = c->spec->sums_products;
    if (!want_finite && sums)
        vjp_sentence_add(text, size,
                         ": no order of summation gives a finite or another value here");
    else if (!got_finite && want_finite && sums)
        vjp_sentence_add(text, size, ": no order of summation leaves the finite range here");
    else if (vjp_bits_is_nan(c->dtype, e->want))
        vjp_sentence_add(text, size,
                         ": an operand is NaN, or infinities cancel, and every way to "
                         "compute this element meets that");
    else if (!want_finite)
        vjp_sentence_add(text, size, ": an operand is infinite, or the result is too large");
    else if (!got_finite)
        vjp_sentence_add(text, size,
                         ": the result is finite, and so is all that leads to it where it is "
                         "computed with care (an exp of what is large and positive is not)");
    else if (e->exact_data)
        vjp_sentence_add(
            text, size,
            ": error %s, and on this data every order of summation gives the exact sum (k = "
            "%" PRId64 " term%s)",
            error, e->terms, plural(e->terms));
    else
        vjp_sentence_add(text, size,
                         ": error %s is %s times the bound %s (k = %" PRId64 " term%s, S = %s, %s "
                         "accumulation)",
                         error, ratio, bound, e->terms, plural(e->terms), scale, accumulate);
}

/* Where operands stand on kinks and the kernel has said which side it takes. */
static void describe_kinks(const struct vjp_kernel_info *kernel,
                           const struct vjp_reference *reference, char *text, int size)
{
    static const char *const points[] = {[VJP_POINT_LOWER] = "the lower slope (KINK_LOWER)",
                                         [VJP_POINT_UPPER] = "the upper slope (KINK_UPPER)",
                                         [VJP_POINT_MIDDLE] = "the middle slope (KINK_MIDDLE)"};
    static const char *const ties[] = {[VJP_TIE_FIRST] = "the first of equal maxima (TIE_FIRST)",
                                       [VJP_TIE_LAST] = "the last of equal maxima (TIE_LAST)",
                                       [VJP_TIE_SPLIT] =
                                           "equal shares of equal maxima (TIE_SPLIT)"};
    const bool point = kernel->kinks.point != VJP_POINT_ANY, tie = kernel->kinks.tie != VJP_TIE_ANY;
    if (!vjp_reference_on_kink(reference) || !(point || tie))
        return;
    vjp_sentence_add(text, size,
                     "; some operand stands on a kink, where the kernel declares %s%s%s",
                     point ? points[kernel->kinks.point] : "", point && tie ? " and " : "",
                     tie ? ties[kernel->kinks.tie] : "");
}

void vjp_reason_numbers(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
                        const struct vjp_reference *reference, int slot,
                        const struct vjp_measure *measure, const struct vjp_tensor *got, char *text,
                        int size)
{
    const struct vjp_element *e = &measure->worst;
    char name[NAME_SIZE];
    char element[2 * NAME_SIZE];
    char value[NAME_SIZE];
    char exact[NAME_SIZE];
    vjp_slot_name(c->spec, slot, name, sizeof name);
    vjp_reason_element_name(c, slot, e->index, element, sizeof element);
    vjp_number_exact(c->dtype, e->got, value, sizeof value);
    vjp_reference_text(reference, slot, e->index, 17, exact, sizeof exact);
    text[0] = '\0';
    vjp_sentence_add(text, size, "%s = %s, exact %s", element, value, exact);
    describe_error(c, kernel, e, text, size);
    describe_kinks(kernel, reference, text, size);

    struct vjp_pattern pattern;
    char hint[256];
    vjp_pattern_find(c, reference, slot, &kernel->model[c->dtype], got, &pattern);
    vjp_pattern_text(&pattern, &got->shape, name, hint, sizeof hint);
    vjp_sentence_add(text, size, "; %s", hint);
}

void vjp_reason_vacuous(const struct vjp_case *c, const struct vjp_judgement *judgement, char *text,
                        int size)
{
    char name[NAME_SIZE];
    int64_t count = 0;
    int64_t compared = 0;
    int64_t excused = 0;
    int64_t unresolved = 0;
    int blind = -1;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (!judgement->measured[slot])
            continue;
        if (judgement->measure[slot].compared == 0 && judgement->measure[slot].count > 0)
            blind = slot;
        count += judgement->measure[slot].count;
        compared += judgement->measure[slot].compared;
        excused += judgement->measure[slot].excused;
        unresolved += judgement->measure[slot].unresolved;
    }
    if (count == 0)
        snprintf(text, (size_t)size, "every gradient is empty");
    else if (compared > 0 && blind >= 0)
        snprintf(text, (size_t)size, "no element of %s was compared",
                 vjp_slot_name(c->spec, blind, name, sizeof name));
    else if (compared > 0)
        snprintf(
            text, (size_t)size,
            "an answer of zeros would have passed: every gradient that was compared is zero, or "
            "may be");
    else
        snprintf(text, (size_t)size, "no element was compared");
    if (excused > 0)
        vjp_sentence_add(text, size, "; %" PRId64 " may overflow in some order of summation",
                         excused);
    if (unresolved > 0)
        vjp_sentence_add(text, size, "; the oracle could not settle %" PRId64, unresolved);
}

char *vjp_reason_element_name(const struct vjp_case *c, int slot, int64_t i, char *text, int size)
{
    struct vjp_shape shape;
    char index[2 * NAME_SIZE];
    char name[NAME_SIZE];
    vjp_case_slot_shape(c, slot, &shape);
    snprintf(text, (size_t)size, "%s%s", vjp_slot_name(c->spec, slot, name, sizeof name),
             vjp_shape_index_text(&shape, i, index, sizeof index));
    return text;
}
