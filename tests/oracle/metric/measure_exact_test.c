/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers measured against an exact contraction, in doubles as far as that goes, and against the explicit
 * Jacobian, whose way shares nothing with it but the bound's formula in MPFR: field by field the same. */
#include "oracle/metric/measure_exact.h"

#include "cases/gen/suite.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#include <stdlib.h>

/* One case, known in two ways. */
struct scene {
    const char *line;
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *explicit, *exact;
};

static void start(struct scene *s, const struct vjp_case *c, const char *line)
{
    struct vjp_error error = {""};
    *s = (struct scene){.line = line, .c = *c};
    cr_assert_eq(vjp_data_generate(c, &s->data, &error), VJP_OK, "%s: %s", line, error.text);
    cr_assert_eq(vjp_reference_create(c, &s->data, ANY_SIDE, &s->explicit, &error), VJP_OK,
                 "%s: %s", line, error.text);
    cr_assert_eq(vjp_reference_create_contracted(c, &s->data, 1, &s->exact, &error), VJP_OK,
                 "%s: %s", line, error.text);
}

static void end(struct scene *s)
{
    vjp_reference_destroy(s->explicit);
    vjp_reference_destroy(s->exact);
    vjp_data_clear(&s->data);
}

/* Answers that were not measured because nothing of them could be a worst one. */
static int64_t waved_through;

/* What a kernel may answer. */
enum answer {
    CORRECT,
    ROUGH, /* as of a sum in a narrower format */
    NEAR,  /* a few units in the last place off, mostly */
    BOUND, /* about as far off as the bound of the model is */
    ZERO,
    DOUBLED,
    NAMELESS, /* NaN */
    INFINITE,
    SHIFTED, /* each the next element's */
    SPOILED, /* correct, but for one element in a few */
    ANSWERS,
};

static double ulps_off(enum vjp_dtype dtype, double x, double ulps)
{
    const struct vjp_format *f = vjp_format(dtype);
    const int e = x == 0 || ilogb(x) < f->emin ? f->emin : ilogb(x);
    return x + ldexp(ulps, e - f->precision + 1);
}

static uint64_t answer_element(const struct scene *s, int slot, const struct vjp_model *model,
                               int64_t i, int64_t count, enum answer answer, uint64_t *state)
{
    const enum vjp_dtype dtype = s->c.dtype;
    const uint64_t right = vjp_reference_rounded(s->explicit, slot, i);
    const double value = vjp_bits_to_double(dtype, right);
    const double sign = random_between(state, 0, 1) ? 1 : -1;
    const bool spoils = random_between(state, 0, 4) == 0;
    struct vjp_element e;
    switch (answer) {
    case NEAR:
        return vjp_bits_from_double(
            dtype, ulps_off(dtype, value, sign * (double)random_between(state, 0, 3)));
    case ROUGH:
        return vjp_bits_from_double(dtype, value * (1 + sign * ldexp(1, -10)));
    case BOUND:
        vjp_measure_element(s->explicit, slot, model, i, right, &e);
        return vjp_bits_from_double(
            dtype, value + sign * e.bound * ldexp((double)random_between(state, 1020, 1028), -10));
    case ZERO:
        return 0;
    case DOUBLED:
        return vjp_bits_from_double(dtype, 2 * value);
    case NAMELESS:
        return spoils ? vjp_bits_quiet_nan(dtype) : right;
    case INFINITE:
        return spoils ? vjp_bits_infinity(dtype, sign < 0) : right;
    case SHIFTED:
        return vjp_reference_rounded(s->explicit, slot, (i + 1) % count);
    case SPOILED:
        return spoils ? vjp_bits_from_double(dtype, value + 1) : right;
    case CORRECT:
    case ANSWERS:
        break;
    }
    return right;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* A figure by the explicit oracle and by the exact one. Where a sum needs more than the 256 bits at which it
 * rounds one way, the explicit oracle has an enclosure of it and the exact one the number: errors, and |g|,
 * differ by 2^-256 S at most. Rounded up that may be the next double, or all there is of an error. */
static bool close(double explicit, double exact)
{
    return same(explicit, exact) || fabs(explicit - exact) <= ldexp(explicit, -50) ||
           (exact <= explicit && explicit <= 0x1p-150);
}

static bool same_element(const struct vjp_element *a, const struct vjp_element *b)
{
    /* An error that may come of the enclosure alone says nothing. */
    const bool figures =
        (a->backward <= 0x1p-190 && b->backward <= a->backward) ||
        (close(a->error, b->error) && close(a->ulp, b->ulp) && close(a->relative, b->relative) &&
         close(a->backward, b->backward) && close(a->ratio, b->ratio));
    return a->index == b->index && a->standing == b->standing && a->got == b->got &&
           a->want == b->want && figures && same(a->bound, b->bound) && same(a->scale, b->scale) &&
           a->terms == b->terms && a->exact_data == b->exact_data;
}

static void compare_measures(struct tally *t, const struct scene *s, int slot,
                             const struct vjp_model *model, const struct vjp_tensor *got)
{
    struct vjp_measure a, b;
    vjp_measure_gradient(s->explicit, slot, model, got, &a);
    vjp_measure_gradient(s->exact, slot, model, got, &b);
    check(t,
          a.count == b.count && a.compared == b.compared && a.correct == b.correct &&
              a.outside == b.outside && a.excused == b.excused && a.unresolved == b.unresolved,
          "%s: slot %d: %" PRId64 "/%" PRId64 " correct, %" PRId64 "/%" PRId64 " outside, %" PRId64
          "/%" PRId64 " excused, %" PRId64 "/%" PRId64 " unresolved",
          s->line, slot, a.correct, b.correct, a.outside, b.outside, a.excused, b.excused,
          a.unresolved, b.unresolved);
    check(t, a.trivial == b.trivial && a.explained_by == b.explained_by,
          "%s: slot %d: trivial %d/%d, explained by %d/%d", s->line, slot, a.trivial, b.trivial,
          a.explained_by, b.explained_by);
    check(t,
          close(a.worst_ulp, b.worst_ulp) && close(a.worst_relative, b.worst_relative) &&
              close(a.worst_backward, b.worst_backward) && close(a.worst_ratio, b.worst_ratio),
          "%s: slot %d: ulp %a/%a, relative %a/%a, backward %a/%a, ratio %a/%a", s->line, slot,
          a.worst_ulp, b.worst_ulp, a.worst_relative, b.worst_relative, a.worst_backward,
          b.worst_backward, a.worst_ratio, b.worst_ratio);
    check(t, a.worst.index == -1 ? b.worst.index == -1 : same_element(&a.worst, &b.worst),
          "%s: slot %d: the worst: element %" PRId64 "/%" PRId64, s->line, slot, a.worst.index,
          b.worst.index);
}

/* Worst first, then in order: the definition, for qsort. */
static int compare(const void *a, const void *b)
{
    const struct vjp_element *x = a, *y = b;
    if (x->standing != y->standing)
        return x->standing > y->standing ? -1 : 1;
    if (x->ratio != y->ratio)
        return x->ratio > y->ratio ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

struct visits {
    struct tally *t;
    const struct vjp_element *element;
    int64_t next;
};

static void visit(void *env, int64_t i)
{
    struct visits *v = env;
    while (v->element[v->next].index < i && v->element[v->next].standing != VJP_OUTSIDE)
        v->next++;
    check(v->t, v->element[v->next].index == i && v->element[v->next].standing == VJP_OUTSIDE,
          "element %" PRId64 " is visited", i);
    v->next++;
}

static void compare_lists(struct tally *t, const struct scene *s, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got)
{
    struct vjp_element worst[5], *all = calloc((size_t)got->count + 1, sizeof *all);
    int64_t outside = 0, visited;
    for (int64_t i = 0; i < got->count; i++) {
        vjp_measure_element(s->explicit, slot, model, i, vjp_tensor_get(got, i), &all[i]);
        outside += all[i].standing == VJP_OUTSIDE;
    }
    struct visits v = {.t = t, .element = all};
    vjp_measure_outside(s->exact, slot, model, got, visit, &v);
    for (visited = 0; v.next < got->count; v.next++)
        visited += all[v.next].standing == VJP_OUTSIDE;
    check(t, visited == 0, "%s: slot %d: %" PRId64 " of %" PRId64 " not visited", s->line, slot,
          visited, outside);
    qsort(all, (size_t)got->count, sizeof *all, compare);
    const int n = vjp_measure_worst(s->exact, slot, model, got, 5, worst);
    check(t, n == (got->count < 5 ? got->count : 5), "%s: %d worst", s->line, n);
    for (int i = 0; i < n; i++)
        check(t, same_element(&all[i], &worst[i]),
              "%s: slot %d: worst %d is %" PRId64 ", not %" PRId64, s->line, slot, i,
              worst[i].index, all[i].index);
    free(all);
}

/* An answer that is waved through is inside, and no figure is above those it was held against: a little below its
 * own figures, a little above, and far above. */
static void compare_below(struct tally *t, const struct scene *s, struct vjp_quick *q,
                          const struct vjp_arithmetic *a, const struct vjp_element *want)
{
    static const double factors[] = {0.999, 1.001, 100};
    for (int f = 0; f < 3; f++) {
        const struct vjp_quick_figures figures = {
            want->ulp * factors[f], want->relative * factors[f], want->backward * factors[f],
            want->ratio * factors[f]};
        bool correct;
        if (!vjp_quick_is_below(q, a, want->got, &figures, &correct))
            continue;
        waved_through += f == 1;
        check(t,
              want->standing <= VJP_WITHIN && correct == (want->standing == VJP_CORRECT) &&
                  want->ulp <= figures.ulp && want->relative <= figures.relative &&
                  want->backward <= figures.backward && want->ratio <= figures.ratio,
              "%s: element %" PRId64 ": waved through with %d, ulp %a, ratio %a", s->line,
              want->index, want->standing, want->ulp, want->ratio);
    }
}

/* What doubles say of an element is so, and no figure is too small. */
static void compare_quick(struct tally *t, const struct scene *s, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          int64_t *decided)
{
    const struct vjp_arithmetic a = vjp_arithmetic_of_model(model, s->c.dtype, s->c.accumulate);
    struct vjp_quick q;
    vjp_quick_init(&q, s->exact, slot);
    for (int64_t i = 0; i < got->count; i++) {
        struct vjp_quick_element e;
        struct vjp_element want;
        if (!vjp_quick_seek(&q, i) || !vjp_quick_measure(&q, &a, vjp_tensor_get(got, i), &e))
            continue;
        ++*decided;
        vjp_measure_element(s->exact, slot, model, i, vjp_tensor_get(got, i), &want);
        compare_below(t, s, &q, &a, &want);
        check(t,
              e.standing == want.standing && e.ulp >= want.ulp && e.relative >= want.relative &&
                  e.backward >= want.backward && e.ratio >= want.ratio &&
                  (!e.is_finite || (e.error_low <= want.error && want.error <= e.error_high)),
              "%s: slot %d, element %" PRId64 ": %d/%d, ulp %a/%a, relative %a/%a, backward "
              "%a/%a, ratio %a/%a, error %a..%a/%a",
              s->line, slot, i, e.standing, want.standing, e.ulp, want.ulp, e.relative,
              want.relative, e.backward, want.backward, e.ratio, want.ratio, e.error_low,
              e.error_high, want.error);
    }
}

static void compare_slot(struct tally *t, const struct scene *s, int slot, uint64_t *state,
                         int64_t *asked, int64_t *decided)
{
    struct vjp_shape shape;
    struct vjp_tensor got;
    struct vjp_error error = {""};
    const int span = VJP_DTYPE_COUNT - (int)s->c.dtype;
    vjp_case_slot_shape(&s->c, slot, &shape);
    cr_assert_eq(vjp_tensor_init(&got, s->c.dtype, &shape, &error), VJP_OK, "%s", error.text);
    for (int answer = 0; answer < ANSWERS; answer++) {
        const int format = (int)s->c.dtype + (int)random_between(state, 0, span - 1);
        const struct vjp_model model = {.accumulate = (enum vjp_dtype)format,
                                        .flushes = random_between(state, 0, 3) == 0,
                                        .ulps = VJP_ULPS_DEFAULT};
        if (model.accumulate == VJP_F16 && s->c.dtype == VJP_BF16)
            continue; /* neither holds the other */
        for (int64_t i = 0; i < got.count; i++)
            vjp_tensor_set(
                &got, i, answer_element(s, slot, &model, i, got.count, (enum answer)answer, state));
        compare_measures(t, s, slot, &model, &got);
        if (answer != NAMELESS && answer != INFINITE && random_between(state, 0, 3) > 0)
            continue;
        compare_lists(t, s, slot, &model, &got);
        compare_quick(t, s, slot, &model, &got, decided);
        *asked += got.count;
    }
    vjp_tensor_clear(&got);
}

/* What else there is to read of a reference. */
static void compare_readers(struct tally *t, const struct scene *s, int slot)
{
    struct vjp_shape shape;
    int64_t count;
    vjp_case_slot_shape(&s->c, slot, &shape);
    cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
    for (int64_t i = 0; i < count; i += 1 + count / 16) {
        uint64_t low[2], high[2];
        double from[2], to[2];
        char text[2][128];
        const struct vjp_reference *r[] = {s->explicit, s->exact};
        for (int n = 0; n < 2; n++) {
            vjp_reference_enclosure(r[n], slot, i, &from[n], &to[n]);
            vjp_reference_text(r[n], slot, i, 17, text[n], sizeof text[n]);
            check(t, !vjp_reference_range(r[n], slot, i, &low[n], &high[n]), "%s", s->line);
            check(t, vjp_reference_is_settled(r[n], slot, i), "%s", s->line);
        }
        check(t, low[0] == low[1] && high[0] == high[1], "%s: slot %d: %" PRIx64 "/%" PRIx64,
              s->line, slot, low[0], low[1]);
        check(t,
              (isnan(from[0]) && isnan(from[1])) ||
                  (from[0] <= from[1] && to[1] <= to[0] &&
                   nextafter(from[0], INFINITY) >= from[1] && nextafter(to[1], INFINITY) >= to[0]),
              "%s: slot %d: %a..%a, %a..%a", s->line, slot, from[0], to[0], from[1], to[1]);
        check(t, strcmp(text[0], text[1]) == 0, "%s: %s, %s", s->line, text[0], text[1]);
        check(
            t,
            same(vjp_reference_scale(s->explicit, slot, i), vjp_reference_scale(s->exact, slot, i)),
            "%s: slot %d: S", s->line, slot);
    }
}

static void compare_case(struct tally *t, const struct vjp_case *c, const char *line,
                         uint64_t *state, int64_t *asked, int64_t *decided)
{
    struct scene s;
    start(&s, c, line);
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (!vjp_case_has_gradient(c, i))
            continue;
        compare_slot(t, &s, vjp_slot_gradient(c->spec, i), state, asked, decided);
        compare_readers(t, &s, vjp_slot_gradient(c->spec, i));
    }
    end(&s);
}

/* Under instruments, for the code that is gone through; what is said of the numbers takes more. */
enum { CASES = 30, FEW_CASES = 8 };

/* What the checks draw: every generator, shapes with zeros and ones, accumulate, NaN and infinities. */
static void compare_suite(const char *layer, enum vjp_dtype dtype)
{
    struct tally t = {0};
    int64_t asked = 0, decided = 0;
    uint64_t state = 1;
    for (int64_t i = 0; i < (TEST_INSTRUMENTED ? FEW_CASES : CASES); i++) {
        struct vjp_case c;
        struct vjp_text line = {0};
        cr_assert_eq(vjp_suite_case(vjp_spec_find(layer), dtype, 0xe8ac7, i, &c, NULL), VJP_OK);
        vjp_case_print(&c, &line);
        compare_case(&t, &c, line.data, &state, &asked, &decided);
        vjp_text_clear(&line);
        vjp_case_clear(&c);
    }
    tally_assert(&t, TEST_INSTRUMENTED ? 100 : 10000);
    if (TEST_INSTRUMENTED)
        return;
    cr_expect_geq(decided, asked - asked / 10, "%" PRId64 " of %" PRId64 " in doubles", decided,
                  asked);
    cr_expect_gt(waved_through, 0);
}

/* More terms than a part of a vector or a word has, zeros in both factors, exact data near the limit, sums that vanish. */
Test(measure_exact, long_sums_are_measured_as_by_the_explicit_oracle)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=5 D=6 M=300 x=normal w=normal dy=normal seed=1",
        "linear dtype=f32 N=200 D=6 M=7 x=zeros:0.5 w=normal dy=zeros:0.7 seed=2",
        "linear dtype=f32 N=7 D=5 M=400 w=zeros:0.9 dy=zeros:0.9 dx=zeros:0.5 accumulate=1 seed=3",
        "linear dtype=f32 N=130 D=9 M=9 bias=1 x=integers w=integers dy=integers seed=4",
        "linear dtype=f64 N=130 D=9 M=9 bias=1 x=normal w=normal dy=cancel:1e12 seed=5",
        "linear dtype=f32 N=1 D=40 M=50 x=normal w=normal dy=normal seed=6",
        "matmul dtype=bf16 B=2 M=40 K=5 N=9 trans_b=1 a=integers b=integers dy=integers seed=7",
        "matmul dtype=f16 B=3 M=12 K=90 N=15 a=exact b=exact dy=exact da=integers db=integers "
        "accumulate=1 seed=8",
        /* What may overflow on the way, to either side, or to one of them beside an infinity. */
        "linear dtype=f32 N=60 D=1 M=4 w=[3e38,3e38,-3e38,-3e38] dy=const:1 seed=9",
        "linear dtype=f32 N=60 D=1 M=3 w=[inf,-3e38,-3e38] dy=const:1 seed=10",
        "conv2d dtype=f32 N=3 C=8 H=9 W=7 K=10 R=3 S=2 stride=2 padding=2 dilation=2 groups=2 "
        "bias=1 "
        "x=normal w=normal dy=normal seed=11",
        "conv2d dtype=f32 N=2 C=4 H=12 W=12 K=6 R=5 S=5 padding=4 x=special:0.02 w=special:0.02 "
        "dy=special:0.02 seed=12",
        "conv2d dtype=f64 N=2 C=40 H=3 W=3 K=40 R=1 S=1 stride=3 dx=normal dw=wide accumulate=1 "
        "seed=13",
        "linear dtype=f16 N=60 D=1 M=3 w=[40000,30000,-10000] dy=const:1 dx=const:-9000 dw=const:0 "
        "accumulate=1 "
        "seed=11",
    };
    struct tally t = {0};
    int64_t asked = 0, decided = 0;
    uint64_t state = 2;
    const size_t n = sizeof lines / sizeof *lines;
    for (size_t i = 0; i < n + 9; i++) { /* the last three more often: models are drawn */
        const char *line = lines[i < n ? i : n - 1 - i % 3];
        struct vjp_case c = parse_case(line);
        compare_case(&t, &c, line, &state, &asked, &decided);
        vjp_case_clear(&c);
    }
    tally_assert(&t, 10000);
    cr_expect_geq(decided, asked - asked / 10, "%" PRId64 " of %" PRId64 " in doubles", decided,
                  asked);
}

#define SUITE(layer, dtype, name)                                                                  \
    Test(measure_exact, layer##_##name##_is_measured_as_by_the_explicit_oracle)                    \
    {                                                                                              \
        compare_suite(#layer, dtype);                                                              \
    }

SUITE(linear, VJP_F16, f16)
SUITE(linear, VJP_BF16, bf16)
SUITE(linear, VJP_F32, f32)
SUITE(linear, VJP_F64, f64)
SUITE(matmul, VJP_F16, f16)
SUITE(matmul, VJP_BF16, bf16)
SUITE(matmul, VJP_F32, f32)
SUITE(matmul, VJP_F64, f64)
SUITE(conv2d, VJP_F16, f16)
SUITE(conv2d, VJP_BF16, bf16)
SUITE(conv2d, VJP_F32, f32)
SUITE(conv2d, VJP_F64, f64)
