/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure.h"

#include "oracle/metric/measure_exact.h"
#include "oracle/metric/measure_parts.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

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

/* Counts an element that is surely inside, and surely no worst one. */
static bool pass_quickly(struct scan *s, uint64_t got, struct vjp_measure *m)
{
    const struct vjp_quick_figures seen = {m->worst_ulp, m->worst_relative, m->worst_backward,
                                           m->worst_ratio};
    bool correct;
    if (!s->known || m->compared == 0 ||
        !vjp_quick_is_below(&s->quick, &s->measurer.t.arithmetic, got, &seen, &correct))
        return false;
    m->compared++;
    m->correct += correct;
    return true;
}

/* Measures and counts the element that s is at. */
static void take(struct scan *s, uint64_t got, struct vjp_measure *m,
                 bool explains[VJP_DTYPE_COUNT])
{
    struct vjp_quick_element quick;
    struct vjp_element e;
    if (pass_quickly(s, got, m)) {
        m->trivial = m->trivial && zero_stands(s);
        return;
    }
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

/* A stretch of a gradient, which one thread measures. */
struct part {
    const struct vjp_reference *reference;
    int slot;
    const struct vjp_model *model;
    const struct vjp_tensor *got;
    int64_t from, to;
    struct vjp_measure m;
    bool explains[VJP_DTYPE_COUNT]; /* a format's bound holds for each element that is outside */
    int n_worst;                    /* asked for, and found */
    struct vjp_element *worst;
};

static void *measure_part(void *env)
{
    struct part *p = env;
    struct scan s;
    init_scan(&s, p->reference, p->slot, p->model);
    p->m = (struct vjp_measure){.trivial = true, .worst = {.index = -1}, .explained_by = -1};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++)
        p->explains[d] =
            vjp_format((enum vjp_dtype)d)->precision < s.measurer.t.arithmetic.precision;
    for (int64_t i = p->from; i < p->to; i++) {
        seek(&s, i);
        take(&s, vjp_tensor_get(p->got, i), &p->m, p->explains);
    }
    vjp_measurer_clear(&s.measurer);
    return NULL;
}

/* m += next, which is behind it. */
static void join(struct vjp_measure *m, const struct vjp_measure *next)
{
    if (next->compared > 0 &&
        (m->compared == 0 || (next->outside > 0 && m->outside == 0) ||
         (next->outside == 0 && m->outside == 0 && next->worst.ratio > m->worst.ratio)))
        m->worst = next->worst;
    m->compared += next->compared;
    m->correct += next->correct;
    m->outside += next->outside;
    m->excused += next->excused;
    m->unresolved += next->unresolved;
    m->trivial = m->trivial && next->trivial;
    m->worst_ulp = fmax(m->worst_ulp, next->worst_ulp);
    m->worst_relative = fmax(m->worst_relative, next->worst_relative);
    m->worst_backward = fmax(m->worst_backward, next->worst_backward);
    m->worst_ratio = fmax(m->worst_ratio, next->worst_ratio);
}

/* Fewer elements are measured before a thread has started. */
#define PART_MIN  (1 << 15)
#define PARTS_MAX 64

static int count_parts(const struct vjp_reference *reference, int64_t count)
{
    const int64_t parts = count / PART_MIN < PARTS_MAX ? count / PART_MIN : PARTS_MAX;
    return reference->jobs < 2 || parts < 2   ? 1
           : parts < (int64_t)reference->jobs ? (int)parts
                                              : reference->jobs;
}

/* Cuts what like is of into n parts, one behind the other, and lets as many threads work on them, this one among
 * them. A thread that the system does not give is done without. */
static void work_on_parts(const struct part *like, struct part *part, int n, void *(*work)(void *))
{
    pthread_t thread[PARTS_MAX];
    bool started[PARTS_MAX] = {false};
    for (int i = 0; i < n; i++) {
        part[i].reference = like->reference;
        part[i].slot = like->slot;
        part[i].model = like->model;
        part[i].got = like->got;
        part[i].from = like->got->count / n * i;
        part[i].to = i == n - 1 ? like->got->count : like->got->count / n * (i + 1);
    }
    for (int i = 1; i < n; i++)
        started[i] = pthread_create(&thread[i], NULL, work, &part[i]) == 0;
    work(&part[0]);
    for (int i = 1; i < n; i++) {
        if (started[i])
            pthread_join(thread[i], NULL);
        else
            work(&part[i]);
    }
}

void vjp_measure_gradient(const struct vjp_reference *reference, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          struct vjp_measure *out)
{
    const struct part whole = {.reference = reference, .slot = slot, .model = model, .got = got};
    struct part part[PARTS_MAX] = {0};
    const int n = count_parts(reference, got->count);
    work_on_parts(&whole, part, n, measure_part);
    struct vjp_measure m = part[0].m;
    for (int i = 1; i < n; i++)
        join(&m, &part[i].m);
    m.count = got->count;
    vjp_reference_settled(reference, slot, m.settled);
    /* The formats are in ascending order of precision. */
    for (int d = 0; d < VJP_DTYPE_COUNT && m.outside > 0; d++) {
        bool explains = true;
        for (int i = 0; i < n; i++)
            explains = explains && part[i].explains[d];
        if (explains)
            m.explained_by = d;
    }
    *out = m;
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

/* Puts an element into the list of the n worst, of which there are *count. */
static void insert(struct vjp_element *worst, int n, int *count, const struct vjp_element *e)
{
    if (*count == n && !is_worse(e, &worst[n - 1]))
        return;
    *count += *count < n;
    int at = *count - 1;
    for (; at > 0 && is_worse(e, &worst[at - 1]); at--)
        worst[at] = worst[at - 1];
    worst[at] = *e;
}

static void *find_worst(void *env)
{
    struct part *p = env;
    const int n = p->n_worst;
    struct scan s;
    int count = 0;
    init_scan(&s, p->reference, p->slot, p->model);
    for (int64_t i = p->from; i < p->to && n > 0; i++) {
        const uint64_t bits = vjp_tensor_get(p->got, i);
        struct vjp_quick_element quick;
        struct vjp_element e;
        seek(&s, i);
        if (count == n && measure_quickly(&s, bits, &quick) &&
            !may_be_worse(&quick, &p->worst[n - 1]))
            continue;
        vjp_measurer_measure(slow(&s), bits, &e);
        insert(p->worst, n, &count, &e);
    }
    vjp_measurer_clear(&s.measurer);
    p->n_worst = count;
    return NULL;
}

int vjp_measure_worst(const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, const struct vjp_tensor *got, int n,
                      struct vjp_element *out)
{
    const struct part whole = {.reference = reference, .slot = slot, .model = model, .got = got};
    struct part part[PARTS_MAX] = {0};
    int parts = n > 0 ? count_parts(reference, got->count) : 1;
    struct vjp_element *others =
        parts > 1 ? malloc((size_t)(parts - 1) * (size_t)n * sizeof *others) : NULL;
    if (!others)
        parts = 1;
    for (int i = 0; i < parts; i++) {
        part[i].n_worst = n;
        part[i].worst = i == 0 ? out : others + (int64_t)(i - 1) * n;
    }
    work_on_parts(&whole, part, parts, find_worst);
    int count = part[0].n_worst;
    for (int i = 1; i < parts; i++) {
        for (int k = 0; k < part[i].n_worst; k++)
            insert(out, n, &count, &part[i].worst[k]);
    }
    free(others);
    return count;
}
