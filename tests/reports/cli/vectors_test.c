/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/vectors.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

/* A case, its truth and the arrays made of it. */
struct made {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *reference;
    struct vjp_bundle bundle;
    struct vjp_vectors_gaps gaps;
};

static void make(struct made *m, const char *line, struct vjp_vectors_options options,
                 struct vjp_kinks kinks)
{
    struct vjp_error error = {""};
    *m = (struct made){.gaps = {.slot = 42}};
    cr_assert_eq(vjp_case_parse(line, &m->c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_data_generate(&m->c, &m->data, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_reference_create(&m->c, &m->data, kinks, &m->reference, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_reference_save(m->reference, &m->data, &error), VJP_OK, "%s", error.text);
    const struct vjp_question question = {.c = &m->c, .data = &m->data, .reference = m->reference};
    if (options.model.ulps == 0)
        cr_assert_eq(vjp_vectors_model(m->c.dtype, -1, &options.model, &error), VJP_OK);
    cr_assert_eq(vjp_vectors_add(&question, &options, &m->bundle, &m->gaps, &error), VJP_OK, "%s",
                 error.text);
}

static void take_away(struct made *m)
{
    vjp_bundle_clear(&m->bundle);
    vjp_reference_destroy(m->reference);
    vjp_data_clear(&m->data);
    vjp_case_clear(&m->c);
}

static double at(const struct made *m, const char *name, int64_t i)
{
    const struct vjp_tensor *tensor = vjp_bundle_find(&m->bundle, name);
    cr_assert_not_null(tensor, "%s", name);
    return vjp_bits_to_double(tensor->dtype, vjp_tensor_get(tensor, i));
}

static void expect_values(const struct made *m, const char *name, const double *values, int count)
{
    const struct vjp_tensor *tensor = vjp_bundle_find(&m->bundle, name);
    cr_assert_not_null(tensor, "%s", name);
    cr_expect_eq(tensor->count, count, "%s", name);
    for (int i = 0; i < count; i++)
        cr_expect(at(m, name, i) == values[i] || (isnan(values[i]) && isnan(at(m, name, i))),
                  "%s [%d] is %a", name, i, at(m, name, i));
}

#define VALUES(...)                                                                                \
    ((const double[]){__VA_ARGS__}), (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static const struct vjp_vectors_options everything = {.operands = true,
                                                      .saved = true,
                                                      .output = true,
                                                      .scale = true,
                                                      .bound = true,
                                                      .enclosure = true};
static const struct vjp_kinks any_side = {VJP_POINT_ANY, VJP_TIE_ANY};

/* y = x w: 2 [1 -2 3] + 3 [4 5 6]; dx = dy w^T: 1 - 2 + 3 and 4 + 5 + 6, S the same with magnitudes;
 * dw = x^T dy. Small integers: every order of the sum is exact, so that nothing may be off. */
Test(vectors, everything_about_a_small_case)
{
    struct made m;
    make(&m, "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,-2,3,4,5,6] dy=[1,1,1]", everything,
         any_side);
    expect_values(&m, "x", VALUES(2, 3));
    expect_values(&m, "w", VALUES(1, -2, 3, 4, 5, 6));
    expect_values(&m, "dy", VALUES(1, 1, 1));
    expect_values(&m, "y", VALUES(14, 11, 24));
    expect_values(&m, "dx", VALUES(2, 15));
    expect_values(&m, "dx.scale", VALUES(6, 15));
    expect_values(&m, "dx.low", VALUES(2, 15));
    expect_values(&m, "dx.high", VALUES(2, 15));
    expect_values(&m, "dx.bound", VALUES(0, 0));
    expect_values(&m, "dw", VALUES(2, 2, 2, 3, 3, 3));
    cr_expect_eq(vjp_bundle_find(&m.bundle, "dx")->dtype, VJP_F32);
    cr_expect_eq(vjp_bundle_find(&m.bundle, "dx.bound")->dtype, VJP_F64);
    cr_expect_eq(vjp_bundle_find(&m.bundle, "dw")->shape.rank, 2);
    cr_expect_null(vjp_bundle_find(&m.bundle, "db"));
    cr_expect_eq(m.bundle.n_tensors, 14);
    cr_expect(m.gaps.sets == 0 && m.gaps.unresolved == 0 && m.gaps.slot == -1);
    take_away(&m);
}

Test(vectors, only_what_was_asked_for)
{
    struct made m;
    make(&m, "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,-2,3,4,5,6] dy=[1,1,1]",
         (struct vjp_vectors_options){.scale = true}, any_side);
    cr_expect_eq(m.bundle.n_tensors, 4);
    expect_values(&m, "dx", VALUES(2, 15));
    expect_values(&m, "dx.scale", VALUES(6, 15));
    cr_expect_not_null(vjp_bundle_find(&m.bundle, "dw.scale"));
    take_away(&m);
}

/* dx = 1/3 w with w = 3: the ends enclose the exact product of the doubles and f32s that are there. */
Test(vectors, ends_enclose_and_the_bound_is_more_than_a_rounding)
{
    struct made m;
    make(&m, "linear dtype=f32 N=1 D=1 M=2 x=[1] w=[0.1,0.7] dy=[0.3,0.9]", everything, any_side);
    /* Exact in double-double; here in long double, whose 64 bits hold a product of two f32s. */
    const long double exact = (long double)0.1f * 0.3f + (long double)0.7f * 0.9f;
    cr_expect_leq(at(&m, "dx.low", 0), exact);
    cr_expect_geq(at(&m, "dx.high", 0), exact);
    cr_expect_leq(at(&m, "dx.high", 0) - at(&m, "dx.low", 0), 0x1p-52);
    cr_expect_eq(at(&m, "dx", 0), (float)exact);
    /* k u S + u_out |g| with k = 2 and u = 2^-24, and no more than a few of those. */
    cr_expect_geq(at(&m, "dx.bound", 0), 0x1p-24 * (double)exact);
    cr_expect_leq(at(&m, "dx.bound", 0), 4 * 0x1p-24 * (double)exact);
    take_away(&m);
}

Test(vectors, what_the_kernel_adds_to_is_there_under_accumulate)
{
    struct made m;
    make(&m, "linear dtype=f64 N=1 D=1 M=1 x=[2] w=[3] dy=[5] dx=[100] dw=[1000] accumulate=1",
         everything, any_side);
    expect_values(&m, "dx.before", VALUES(100));
    expect_values(&m, "dx", VALUES(115));
    expect_values(&m, "dw.before", VALUES(1000));
    expect_values(&m, "dw", VALUES(1010));
    take_away(&m);
}

/* relu at 0: every number in [0, 1] times dy; where dy is 0, 0 it is. */
Test(vectors, a_set_has_ends_and_no_value)
{
    struct made m;
    make(&m, "relu dtype=f32 N=1 M=4 x=[1,0,-1,0] dy=[2,3,4,0]", everything, any_side);
    expect_values(&m, "dx", VALUES(2, NAN, 0, 0));
    expect_values(&m, "dx.low", VALUES(2, 0, 0, 0));
    expect_values(&m, "dx.high", VALUES(2, 3, 0, 0));
    cr_expect_eq(m.gaps.sets, 1);
    cr_expect_eq(m.gaps.index, 1);
    cr_expect_eq(m.gaps.slot, vjp_slot_gradient(m.c.spec, 0));
    take_away(&m);
    make(&m, "relu dtype=f32 N=1 M=4 x=[1,0,-1,0] dy=[2,3,4,0]", everything,
         (struct vjp_kinks){.point = VJP_POINT_UPPER});
    expect_values(&m, "dx", VALUES(2, 3, 0, 0));
    cr_expect_eq(m.gaps.sets, 0);
    take_away(&m);
}

/* 65504 is the largest number of f16. In dx[0] the terms 65504 and -65504 may come one after the
 * other or both first: with 65504 + 65504 - 65504 a partial sum may be infinite. dx[1] is 131008,
 * above 65504 in any order; dx[2] is infinity itself, dx[3] NaN. */
Test(vectors, where_infinity_may_be_right_nothing_is_judged)
{
    struct made m;
    make(&m,
         "linear dtype=f16 N=1 D=4 M=3 x=[1,1,1,1] "
         "w=[65504,65504,-65504,65504,65504,0,inf,1,1,inf,-inf,1] dy=[1,1,1]",
         everything, any_side);
    expect_values(&m, "dx", VALUES(65504, INFINITY, INFINITY, NAN));
    expect_values(&m, "dx.bound", VALUES(INFINITY, INFINITY, 0, 0));
    cr_expect_eq(at(&m, "dx.low", 0), 65504);
    cr_expect_eq(at(&m, "dx.low", 1), 131008);
    cr_expect_eq(at(&m, "dx.low", 2), INFINITY);
    cr_expect(isnan(at(&m, "dx.low", 3)));
    take_away(&m);
}

/* A kernel that sums in f32 and is given y, rounded to f16, may be further from the truth than one that
 * is not. */
Test(vectors, a_bound_for_either_covers_the_kernel_that_is_given_y)
{
    static const char line[] = "softmax dtype=f16 N=1 C=3 x=[1,2,3] dy=[1,-2,3]";
    struct vjp_vectors_options options = everything;
    struct made one;
    struct made either;
    struct vjp_error error;
    cr_assert_eq(vjp_vectors_model(VJP_F16, VJP_F32, &options.model, &error), VJP_OK);
    make(&one, line, options, any_side);
    options.either = true;
    make(&either, line, options, any_side);
    for (int i = 0; i < 3; i++)
        cr_expect_gt(at(&either, "dx.bound", i), at(&one, "dx.bound", i));
    take_away(&one);
    take_away(&either);
}

/* Of all that is saved lse is what costs most, u |lse| p beside u p: 2 * 30001 * 2^-24 / 3 at least. */
Test(vectors, a_bound_for_either_covers_every_choice_of_what_is_given)
{
    struct vjp_vectors_options options = everything;
    struct made m;
    struct vjp_error error;
    cr_assert_eq(vjp_vectors_model(VJP_F32, -1, &options.model, &error), VJP_OK);
    options.either = true;
    make(&m, "softmax_cross_entropy dtype=f32 N=1 C=3 x=[30000,30000,30000] t=[0] dy=[1]", options,
         any_side);
    for (int i = 0; i < 3; i++)
        cr_expect_geq(at(&m, "dx.bound", i), 2 * 30001 * 0x1p-24 / 3);
    take_away(&m);
}

/* mean 2, variance 2/3: rstd = 1 / sqrt(2/3 + 1e-05), by bc 1.22473568590839016899. */
Test(vectors, saved_values_are_there_by_their_names)
{
    struct made m;
    make(&m, "layernorm dtype=f64 N=1 D=3 x=[1,2,3] w=[1,1,1] b=[0,0,0] dy=[1,0,0]", everything,
         any_side);
    expect_values(&m, "mean", VALUES(2));
    expect_values(&m, "rstd", VALUES(1.22473568590839016899));
    take_away(&m);
}

Test(vectors, sums_are_no_narrower_than_operands)
{
    static const struct {
        enum vjp_dtype dtype;
        int sums_in;
        const char *said; /* NULL: taken */
    } table[] = {
        {VJP_BF16, VJP_BF16, NULL},
        {VJP_F16, VJP_F32, NULL},
        {VJP_F32, VJP_F64, NULL},
        {VJP_F32, VJP_BF16,
         "--sums-in bf16: f32 would be accumulated in bf16, which is narrower; expected f32 or "
         "f64"},
        {VJP_BF16, VJP_F16,
         "--sums-in f16: bf16 would be accumulated in f16, which is narrower; expected bf16 or f32 "
         "or "
         "f64"},
        {VJP_F64, VJP_F32,
         "--sums-in f32: f64 would be accumulated in f32, which is narrower; expected f64"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_model model = {.ulps = 42};
        struct vjp_error error = {""};
        const enum vjp_status status =
            vjp_vectors_model(table[i].dtype, table[i].sums_in, &model, &error);
        if (table[i].said) {
            cr_expect_eq(status, VJP_ERR_USAGE);
            cr_expect_str_eq(error.text, table[i].said);
            cr_expect_eq(model.ulps, 42, "untouched");
        } else {
            cr_expect_eq(status, VJP_OK, "%s", error.text);
            cr_expect_eq((int)model.accumulate, table[i].sums_in);
        }
    }
}
