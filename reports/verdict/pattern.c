/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/pattern.h"

#include "reports/verdict/sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void widen_box(struct vjp_pattern *pattern, const struct vjp_shape *shape, int64_t i)
{
    for (int d = shape->rank - 1; d >= 0; d--) {
        const int64_t at = i % shape->dim[d];
        i /= shape->dim[d];
        if (pattern->outside == 0 || at < pattern->low[d])
            pattern->low[d] = at;
        if (pattern->outside == 0 || at > pattern->high[d])
            pattern->high[d] = at;
    }
}

/* Whether got = factor * want to a few units of the format: both were rounded once. */
static bool is_multiple(enum vjp_dtype dtype, double got, double want, double factor)
{
    const double unit = ldexp(1.0, 3 - vjp_format(dtype)->precision);
    return isfinite(got) && isfinite(want) && want != 0 &&
           fabs(got - factor * want) <= unit * fabs(factor * want);
}

/* What elements outside are held against. */
struct view {
    const struct vjp_case *c;
    const struct vjp_reference *reference;
    int slot;
    const struct vjp_tensor *got;
    struct vjp_pattern *pattern;
};

static void add_element(void *env, int64_t i)
{
    const struct view *v = env;
    struct vjp_pattern *pattern = v->pattern;
    const enum vjp_dtype dtype = v->c->dtype;
    const double value = vjp_bits_to_double(dtype, vjp_tensor_get(v->got, i));
    const double want = vjp_bits_to_double(dtype, vjp_reference_rounded(v->reference, v->slot, i));
    widen_box(pattern, &v->got->shape, i);
    if (pattern->outside == 0)
        pattern->factor = value / want;
    pattern->proportional =
        pattern->proportional && is_multiple(dtype, value, want, pattern->factor);
    pattern->outside++;
}

void vjp_pattern_find(const struct vjp_case *c, const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, const struct vjp_tensor *got,
                      struct vjp_pattern *out)
{
    *out = (struct vjp_pattern){.proportional = true};
    struct view view = {c, reference, slot, got, out};
    vjp_measure_outside(reference, slot, model, got, add_element, &view);
    /* One element is a multiple of anything; and a factor next to 1 is an error, not a factor. */
    if (out->outside < 2 || fabs(out->factor - 1) < 0.01)
        out->proportional = false;
}

char *vjp_pattern_text(const struct vjp_pattern *pattern, const struct vjp_shape *shape,
                       const char *name, char *text, int size)
{
    int64_t count = 1;
    for (int d = 0; d < shape->rank; d++)
        count *= shape->dim[d];
    text[0] = '\0';
    if (pattern->outside == count && count > 1) {
        vjp_sentence_add(text, size, "all %" PRId64 " elements are outside the bound", count);
    } else {
        vjp_sentence_add(text, size, "%" PRId64 " of %" PRId64 " %s outside the bound",
                         pattern->outside, count,
                         pattern->outside == 1 ? "elements is" : "elements are");
        if (pattern->outside > 1) {
            vjp_sentence_add(text, size, ", all within %s[", name);
            for (int d = 0; d < shape->rank; d++)
                vjp_sentence_add(text, size, "%s%" PRId64 ":%" PRId64, d ? "," : "",
                                 pattern->low[d], pattern->high[d] + 1);
            vjp_sentence_add(text, size, "]");
        }
    }
    if (pattern->proportional && pattern->factor == 0)
        vjp_sentence_add(text, size, "; each is 0");
    else if (pattern->proportional && fabs(pattern->factor + 1) < 1e-6)
        vjp_sentence_add(text, size, "; each has the opposite sign");
    else if (pattern->proportional)
        vjp_sentence_add(text, size, "; each is %.4g times the exact result", pattern->factor);
    return text;
}
