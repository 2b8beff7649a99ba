/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure.h"

#include "oracle/metric/measure_exact.h"
#include "oracle/metric/measure_parts.h"

#include <math.h>

/* One answer, element by element: in doubles where the reference is a contraction and that is enough,
 * else by measurer. */
struct scan {
    struct vjp_measurer measurer;
    bool contracted;
    struct vjp_quick quick;
    bool known;  /* something can be said of the element in doubles */
    bool sought; /* the measurer is at the element */
    int64_t index;
};

static void init_scan(struct scan *s, const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model)
{
    vjp_measurer_init(&s->measurer, reference, slot, model);
    s->contracted = reference->gradient[slot].contracted;
    if (s->contracted)
        vjp_quick_init(&s->quick, reference, slot);
}

static void seek(struct scan *s, int64_t i)
{
    s->index = i;
    s->sought = false;
    s->known = s->contracted && vjp_quick_seek(&s->quick, i);
}

/* The measurer, at the element. */
static struct vjp_measurer *slow(struct scan *s)
{
    if (!s->sought)
        vjp_measurer_seek(&s->measurer, s->index);
    s->sought = true;
    return &s->measurer;
}

static bool measure_quickly(struct scan *s, uint64_t got, struct vjp_quick_element *out)
{
    return s->known && vjp_quick_measure(&s->quick, &s->measurer.t.arithmetic, got, out);
}

/* Counts an element and keeps the worst: the first outside, else the largest ratio. */
static void tally(struct vjp_measure *m, const struct vjp_element *e)
{
    m->excused += e->standing == VJP_EXCUSED;
    m->unresolved += e->standing == VJP_UNRESOLVED;
    if (e->standing == VJP_EXCUSED || e->standing == VJP_UNRESOLVED)
        return;
    const bool first = m->compared++ == 0;
    const bool outside = e->standing == VJP_OUTSIDE;
    if (first || (outside && m->outside == 0) || (m->outside == 0 && e->ratio > m->worst.ratio))
        m->worst = *e;
    m->outside += outside;
    m->correct += e->standing == VJP_CORRECT;
    m->worst_ulp = fmax(m->worst_ulp, e->ulp);
    m->worst_relative = fmax(m->worst_relative, e->relative);
    m->worst_backward = fmax(m->worst_backward, e->backward);
    m->worst_ratio = fmax(m->worst_ratio, e->ratio);
}

/* Counts an element of which not everything is known, if that is enough: it is not the worst of anything. */
static bool tally_quickly(struct vjp_measure *m, const struct vjp_quick_element *e)
{
    const bool outside = e->standing == VJP_OUTSIDE;
    if (m->compared == 0 || (outside && m->outside == 0) || !(e->ulp <= m->worst_ulp) ||
        !(e->relative <= m->worst_relative) || !(e->backward <= m->worst_backward) ||
        !(e->ratio <= m->worst_ratio))
        return false;
    m->compared++;
    m->outside += outside;
    m->correct += e->standing == VJP_CORRECT;
    return true;
}

static bool zero_stands(struct scan *s)
{
    struct vjp_quick_element zero;
    if (measure_quickly(s, 0, &zero))
        return zero.standing != VJP_OUTSIDE;
    return vjp_measurer_zero_stands(slow(s));
}

/* Whether an element that is outside is explained by a format; quick is NULL where it was measured slowly,
 * and then e is not. */
static bool is_explained(struct scan *s, enum vjp_dtype narrower, uint64_t got,
                         const struct vjp_quick_element *quick)
{
    const struct vjp_arithmetic narrow =
        vjp_arithmetic_narrowed(&s->measurer.t.arithmetic, narrower, s->measurer.t.dtype);
    struct vjp_element e;
    bool explained;
    if (quick && vjp_quick_explain(&s->quick, &narrow, quick, &explained))
        return explained;
    vjp_measurer_measure(slow(s), got, &e);
    return vjp_measurer_is_explained(&s->measurer, narrower, &e);
}

/* Measures and counts the element that s is at. */
static void take(struct scan *s, uint64_t got, struct vjp_measure *m,
                 bool explains[VJP_DTYPE_COUNT])
{
    struct vjp_quick_element quick;
    struct vjp_element e;
    const bool is_quick = measure_quickly(s, got, &quick);
    bool outside = is_quick && quick.standing == VJP_OUTSIDE;
    bool resolved = true;
    if (!is_quick || !tally_quickly(m, &quick)) {
        vjp_measurer_measure(slow(s), got, &e);
        tally(m, &e);
        outside = e.standing == VJP_OUTSIDE;
        resolved = e.standing != VJP_UNRESOLVED;
    }
    for (int d = 0; d < VJP_DTYPE_COUNT && outside; d++)
        explains[d] =
            explains[d] && is_explained(s, (enum vjp_dtype)d, got, is_quick ? &quick : NULL);
    if (m->trivial && resolved)
        m->trivial = zero_stands(s);
}

void vjp_measure_gradient(const struct vjp_reference *reference, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          struct vjp_measure *out)
{
    struct scan s;
    init_scan(&s, reference, slot, model);
    struct vjp_measure m = {
        .count = got->count, .trivial = true, .worst = {.index = -1}, .explained_by = -1};
    bool explains[VJP_DTYPE_COUNT];
    vjp_reference_settled(reference, slot, m.settled);
    for (int d = 0; d < VJP_DTYPE_COUNT; d++)
        explains[d] = vjp_format((enum vjp_dtype)d)->precision < s.measurer.t.arithmetic.precision;
    for (int64_t i = 0; i < got->count; i++) {
        seek(&s, i);
        take(&s, vjp_tensor_get(got, i), &m, explains);
    }
    /* The formats are in ascending order of precision. */
    for (int d = 0; d < VJP_DTYPE_COUNT && m.outside > 0; d++) {
        if (explains[d])
            m.explained_by = d;
    }
    *out = m;
    vjp_measurer_clear(&s.measurer);
}

void vjp_measure_outside(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, const struct vjp_tensor *got,
                         void (*visit)(void *env, int64_t i), void *env)
{
    struct scan s;
    init_scan(&s, reference, slot, model);
    for (int64_t i = 0; i < got->count; i++) {
        struct vjp_quick_element quick;
        struct vjp_element e;
        seek(&s, i);
        enum vjp_standing standing = VJP_CORRECT;
        if (measure_quickly(&s, vjp_tensor_get(got, i), &quick)) {
            standing = quick.standing;
        } else {
            vjp_measurer_measure(slow(&s), vjp_tensor_get(got, i), &e);
            standing = e.standing;
        }
        if (standing == VJP_OUTSIDE)
            visit(env, i);
    }
    vjp_measurer_clear(&s.measurer);
}

/* Whether a is worse than b, which comes before it. */
static bool is_worse(const struct vjp_element *a, const struct vjp_element *b)
{
    return a->standing != b->standing ? a->standing > b->standing : a->ratio > b->ratio;
}

/* Whether an element may be worse than the least of the worst that are kept. */
static bool may_be_worse(const struct vjp_quick_element *e, const struct vjp_element *least)
{
    return e->standing != least->standing ? e->standing > least->standing
                                          : !(e->ratio <= least->ratio);
}

int vjp_measure_worst(const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, const struct vjp_tensor *got, int n,
                      struct vjp_element *out)
{
    struct scan s;
    int count = 0;
    init_scan(&s, reference, slot, model);
    for (int64_t i = 0; i < got->count && n > 0; i++) {
        const uint64_t bits = vjp_tensor_get(got, i);
        struct vjp_quick_element quick;
        struct vjp_element e;
        seek(&s, i);
        if (count == n && measure_quickly(&s, bits, &quick) && !may_be_worse(&quick, &out[n - 1]))
            continue;
        vjp_measurer_measure(slow(&s), bits, &e);
        if (count == n && !is_worse(&e, &out[n - 1]))
            continue;
        count += count < n;
        int at = count - 1;
        for (; at > 0 && is_worse(&e, &out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = e;
    }
    vjp_measurer_clear(&s.measurer);
    return count;
}
