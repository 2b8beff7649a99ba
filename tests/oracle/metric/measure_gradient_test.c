/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What vjp_measure_gradient makes of many elements. The case is dx of D = 1 and M = 2: element n is
 * dy[n][0] w[0] + dy[n][1] w[1]. */
#include "oracle/metric/measure.h"

#include "oracle/metric/reference_parts.h"
#include "tests/oracle/metric/measure.h"

static const struct vjp_model f32 = {.accumulate = VJP_F32};

/* Four elements that are no exact data: about 1, 2, 3, 4. */
static void fill_inexact(struct fixture *f)
{
    fixture_init(f, linear(VJP_F32, 4, 1, 2));
    fill(f, W, (const double[]){1, 0x1p-40});
    fill(f, DY, (const double[]){1, 1, 2, 1, 3, 1, 4, 1});
}

/* n ulps of 1 off. */
#define OFF(value, n) ((value) + (n)*0x1p-23)

Test(measure_gradient, counts_what_it_saw)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    measure_answers(&f, f32, (const double[]){1, OFF(2, 2), OFF(3, 2), OFF(4, 40)}, &m);
    cr_expect(m.count == 4 && m.compared == 4 && m.correct == 1 && m.outside == 1);
    cr_expect(m.excused == 0 && m.unresolved == 0 && !m.trivial);
    cr_expect_eq(m.worst.index, 3);
    cr_expect_eq(m.worst.standing, VJP_OUTSIDE);
    cr_expect(fabs(m.worst_ulp - 10) < 1e-3, "%g", m.worst_ulp);
    cr_expect(fabs(m.worst_ratio - 40 * 0x1p-23 / (2 * 0x1p-24 * 4)) < 1e-3, "%g", m.worst_ratio);
    cr_expect(fabs(m.worst_relative - 10 * 0x1p-23) < 1e-9);
    cr_expect(fabs(m.worst_backward - 10 * 0x1p-23) < 1e-9);
    fixture_clear(&f);
}

Test(measure_gradient, worst_is_the_largest_ratio_where_none_is_outside)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    /* k u S is one ulp of each: half of one, one, two thirds of an ulp of 2 for 3, and none. */
    measure_answers(&f, f32, (const double[]){1, OFF(2, 2) - 0, OFF(3, 2), 4}, &m);
    cr_expect_eq(m.outside, 0);
    cr_expect_eq(m.worst.index, 1);
    cr_expect(m.worst.ratio > 0.99 && m.worst.ratio <= 1 && m.worst_ratio == m.worst.ratio);
    measure_answers(&f, f32, (const double[]){1, 2, OFF(3, 2), 4}, &m);
    cr_expect_eq(m.worst.index, 2);
    fixture_clear(&f);
}

/* The first outside, though a later one is further. */
Test(measure_gradient, worst_is_the_first_outside)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    measure_answers(&f, f32, (const double[]){OFF(1, 1), OFF(2, 8), 0, NAN}, &m);
    cr_expect_eq(m.outside, 3);
    cr_expect_eq(m.worst.index, 1);
    cr_expect(isinf(m.worst_ratio) && isinf(m.worst_ulp) && isinf(m.worst_relative));
    fixture_clear(&f);
}

/* A NaN, wherever it comes, is the worst that can be. */
Test(measure_gradient, nan_never_gets_lost)
{
    for (int at = 0; at < 4; at++) {
        double answer[] = {1, 2, 3, 4};
        struct fixture f;
        struct vjp_measure m;
        fill_inexact(&f);
        answer[at] = NAN;
        measure_answers(&f, f32, answer, &m);
        cr_expect(m.outside == 1 && m.correct == 3 && m.compared == 4, "at %d", at);
        cr_expect(m.worst.index == at && m.worst.standing == VJP_OUTSIDE, "at %d", at);
        cr_expect(isinf(m.worst_ulp) && isinf(m.worst_ratio) && isinf(m.worst_relative) &&
                  isinf(m.worst_backward) && m.worst_ratio > 0);
        cr_expect_eq(m.explained_by, -1);
        fixture_clear(&f);
    }
}

Test(measure_gradient, nan_everywhere)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    measure_answers(&f, f32, (const double[]){NAN, NAN, NAN, NAN}, &m);
    cr_expect(m.outside == 4 && m.correct == 0 && m.worst.index == 0 && isinf(m.worst_ratio));
    fixture_clear(&f);
}

Test(measure_gradient, of_no_elements)
{
    struct fixture f;
    struct vjp_measure m;
    fixture_init(&f, linear(VJP_F32, 0, 3, 2));
    measure_answers(&f, f32, NULL, &m);
    cr_expect(m.count == 0 && m.compared == 0 && m.correct == 0 && m.outside == 0);
    cr_expect(m.trivial, "it told nothing");
    cr_expect(m.worst.index == -1 && m.explained_by == -1 && m.worst_ratio == 0);
    fixture_clear(&f);
}

/* A gradient is trivial where a kernel that writes zeros would pass. */
Test(measure_gradient, is_trivial_where_zeros_pass)
{
    struct fixture f;
    struct vjp_measure m;
    const double zeros[4] = {0}, ones[] = {1, 1, 1, 1};
    fill_inexact(&f);
    fill(&f, DY, (const double[8]){0});
    measure_answers(&f, f32, zeros, &m);
    cr_expect(m.trivial && m.correct == 4, "an all-zero cotangent");
    measure_answers(&f, f32, ones, &m);
    cr_expect(m.trivial && m.outside == 4, "whatever the answer is");
    put(&f, DY, 6, 1);
    measure_answers(&f, f32, zeros, &m);
    cr_expect(!m.trivial && m.outside == 1, "one element is enough");
    put(&f, DY, 6, NAN);
    measure_answers(&f, f32, zeros, &m);
    cr_expect(!m.trivial && m.outside == 1, "and so is a NaN");
    fixture_clear(&f);
}

Test(measure_gradient, is_trivial_where_all_cancels)
{
    struct fixture f;
    struct vjp_measure m;
    const double zeros[4] = {0};
    fill_inexact(&f);
    fill(&f, W, (const double[]){1, -1});
    fill(&f, DY, (const double[]){1, 1, 2, 2, 3, 3, 4, 4});
    measure_answers(&f, f32, zeros, &m);
    cr_expect(m.trivial && m.correct == 4, "to zero");
    /* 3 (1 + 2^-23) - 3 (1 + 2^-22 - 2^-24) or so: the rest is smaller than the bound. */
    fill(&f, W, (const double[]){0x1.000002p0, -0x1.000004p0});
    fill(&f, DY,
         (const double[]){0x1.000006p0, 0x1.000004p0, 0x1.000006p1, 0x1.000004p1, 0x1.000006p2,
                          0x1.000004p2, 0x1.000006p3, 0x1.000004p3});
    measure_answers(&f, f32, zeros, &m);
    cr_expect(m.trivial && m.outside == 0, "to less than the bound");
    fixture_clear(&f);
}

static void measure_unsettled(const struct fixture *f, const bool *settled, struct vjp_measure *out)
{
    struct vjp_error error = {""};
    struct vjp_shape shape;
    struct vjp_tensor got;
    vjp_case_slot_shape(&f->c, DX, &shape);
    cr_assert_eq(vjp_tensor_init(&got, VJP_F32, &shape, &error), VJP_OK);
    struct vjp_reference *r = reference_of(f);
    for (int i = 0; i < 4; i++)
        r->gradient[DX].settled[i] = settled[i];
    vjp_measure_gradient(r, DX, &f32, &got, out);
    vjp_reference_destroy(r);
    vjp_tensor_clear(&got);
}

Test(measure_gradient, unresolved_elements_tell_nothing)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    measure_unsettled(&f, (const bool[]){false, false, false, false}, &m);
    cr_expect(m.unresolved == 4 && m.compared == 0 && m.trivial && m.worst.index == -1);
    measure_unsettled(&f, (const bool[]){false, true, false, false}, &m);
    cr_expect(m.unresolved == 3 && m.compared == 1 && m.outside == 1 && !m.trivial);
    cr_expect_eq(m.worst.index, 1);
    fixture_clear(&f);
}

Test(measure_gradient, excused_elements_are_counted_and_not_compared)
{
    struct fixture f;
    struct vjp_measure m;
    fill_inexact(&f);
    fill(&f, W, (const double[]){0x1p127, -0x1p127});
    fill(&f, DY, (const double[]){2, 2, 2, 1.5, 1, 0, 2, 2});
    const double max = 0x1p127;
    measure_answers(&f, f32, (const double[]){NAN, INFINITY, max, 0}, &m);
    cr_expect(m.excused == 2 && m.compared == 2 && m.correct == 2 && m.outside == 0);
    cr_expect_eq(m.worst_ratio, 0);
    fixture_clear(&f);
}

/* The most precise format whose bound holds for every element that is outside. k u S for element n is
 * about 2^-9 (n + 1) or, with rounded operands, 2.5 times that, for binary16 of 11 bits, and 8 times as
 * much for bfloat16. */
Test(measure_gradient, is_explained_by_the_most_precise_format)
{
    static const struct {
        double answer[4];
        int outside, explained_by;
    } table[] = {
        {{1, 2, 3, 4}, 0, -1},
        {{1 + 0x1p-10, 2, 3, 4}, 1, VJP_F16},
        {{1 + 0x1p-10, 2 - 0x1p-9, 3, 4 + 0x1p-10}, 3, VJP_F16},
        {{1 + 0x1p-7, 2, 3, 4}, 1, VJP_BF16},
        {{1 + 0x1p-10, 2, 3, 4 + 0x1p-5}, 2, VJP_BF16},
        {{1 + 0x1p-10, 2, 3 + 0x1p-1, 4}, 2, -1},
        {{1.5, 2, 3, 4 + 0x1p-10}, 2, -1},
        {{1 + 0x1p-7, 2, 3, 4 + 0x1p-10}, 2, VJP_BF16},
        {{0, 0, 0, 0}, 4, -1},
        {{1 + 0x1p-10, INFINITY, 3, 4}, 2, -1},
        {{-1, 2, 3, 4}, 1, -1},
    };
    struct fixture f;
    fill_inexact(&f);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_measure m;
        measure_answers(&f, f32, table[i].answer, &m);
        cr_expect_eq(m.outside, table[i].outside, "row %zu: %d outside", i, (int)m.outside);
        cr_expect_eq(m.explained_by, table[i].explained_by, "row %zu: %d", i, m.explained_by);
    }
    fixture_clear(&f);
}

/* 300 roundings to 8 bits could add up to more than S: such a bound explains anything, even zero, and so
 * nothing. 300 to 11 bits say something. */
Test(measure_gradient, a_bound_beyond_s_explains_nothing)
{
    enum { M = 300 };
    struct fixture f;
    struct vjp_measure m;
    fixture_init(&f, linear(VJP_F32, 1, 1, M));
    for (int i = 0; i < M; i++) {
        put(&f, W, i, 1);
        put(&f, DY, i, 0x1.000002p0);
    }
    measure_answers(&f, f32, (const double[]){0}, &m);
    cr_expect(m.outside == 1 && m.explained_by == -1);
    measure_answers(&f, f32, (const double[]){M - 10}, &m);
    cr_expect(m.outside == 1 && m.explained_by == VJP_F16);
    fixture_clear(&f);
}

/* binary64 may be explained by binary32; bfloat16 by nothing. */
Test(measure_gradient, is_explained_by_formats_below_the_declared_one)
{
    struct fixture f;
    struct vjp_measure m;
    const struct vjp_model f64 = {.accumulate = VJP_F64}, bf16 = {.accumulate = VJP_BF16};
    fixture_init(&f, linear(VJP_F64, 1, 1, 2));
    fill(&f, W, (const double[]){1, 0x1p-60});
    fill(&f, DY, (const double[]){1, 1});
    measure_answers(&f, f64, (const double[]){1 + 0x1p-24}, &m);
    cr_expect(m.outside == 1 && m.explained_by == VJP_F32);
    fixture_clear(&f);
    fixture_init(&f, linear(VJP_BF16, 1, 1, 2));
    fill(&f, W, (const double[]){1, 0x1p-60});
    fill(&f, DY, (const double[]){1, 1});
    measure_answers(&f, bf16, (const double[]){1 + 0x1p-5}, &m);
    cr_expect(m.outside == 1 && m.explained_by == -1);
    fixture_clear(&f);
}
