/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is of exact contractions alone; that they are as explicit references is seen in measure_exact_test.c. */
#include "oracle/metric/measure.h"

#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

static struct vjp_reference *contract(const struct vjp_case *c, const struct vjp_data *data,
                                      int jobs)
{
    struct vjp_error error = {""};
    struct vjp_reference *r = NULL;
    cr_assert_eq(vjp_reference_create_contracted(c, data, jobs, &r, &error), VJP_OK, "%s",
                 error.text);
    return r;
}

Test(reference_exact, a_layer_without_a_form_is_refused)
{
    struct vjp_error error = {""};
    struct vjp_reference *r = NULL;
    struct vjp_case c = parse_case("relu dtype=f32 rank=1 N=2 x=[0,-1] dy=[3,4]");
    struct vjp_data data = generate_line("relu dtype=f32 rank=1 N=2 x=[0,-1] dy=[3,4]");
    cr_expect_eq(vjp_reference_check_contracted(&c, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "layer relu is no sum of products of operands: there is no exact "
                                 "contraction");
    cr_expect_eq(vjp_reference_create_contracted(&c, &data, 1, &r, &error), VJP_ERR_USAGE);
    cr_expect_null(r);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(reference_exact, sums_have_a_limit)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=16777217");
    cr_expect_eq(vjp_reference_check_contracted(&c, &error), VJP_ERR_LIMIT);
    cr_expect_str_eq(error.text, "a sum of 16777217 terms exceeds the limit of 16777216 of the "
                                 "exact contraction");
    c.dim[2]--;
    cr_expect_eq(vjp_reference_check_contracted(&c, &error), VJP_OK);
    vjp_case_clear(&c);
}

/* dx = dy w^T at a size that the explicit oracle does not take: w = 2, dy = 1, so that dx = 2 M; one answer of
 * 2 M + 1 is seen, in its place. */
Test(reference_exact, what_is_too_large_for_the_explicit_oracle)
{
    static const char line[] = "linear dtype=f32 N=3 D=1500 M=1000 x=const:1 w=const:2 dy=const:1";
    const struct vjp_model model = {.accumulate = VJP_F32, .ulps = VJP_ULPS_DEFAULT};
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_tensor got;
    struct vjp_shape shape;
    struct vjp_measure m;
    cr_expect_eq(vjp_reference_check(&c, &error), VJP_ERR_LIMIT);
    struct vjp_reference *r = contract(&c, &data, 2);
    cr_expect_not(vjp_reference_on_kink(r));
    const int slot = vjp_slot_gradient(c.spec, 0);
    vjp_case_slot_shape(&c, slot, &shape);
    cr_assert_eq(vjp_tensor_init(&got, VJP_F32, &shape, &error), VJP_OK);
    for (int64_t i = 0; i < got.count; i++)
        vjp_tensor_set(&got, i, vjp_bits_from_double(VJP_F32, i == 1234 ? 2001 : 2000));
    vjp_measure_gradient(r, slot, &model, &got, &m);
    cr_expect(m.count == 4500 && m.compared == 4500 && m.correct == 4499 && m.outside == 1);
    cr_expect_eq(m.worst.index, 1234);
    cr_expect_eq(m.worst.error, 1);
    cr_expect_eq(m.worst.scale, 2000);
    cr_expect_eq(m.worst.terms, 1000);
    cr_expect(m.worst.exact_data);
    cr_expect_not(m.trivial);
    /* 6 sqrt(1000) 2^-8 2000 is less than S; in f16 sums up to 2048 are exact. */
    cr_expect_eq(m.explained_by, VJP_BF16);
    vjp_tensor_clear(&got);
    vjp_reference_destroy(r);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(reference_exact, there_is_no_forward_pass)
{
    static const char line[] = "linear dtype=f32 N=1 D=2 M=2 x=const:1 w=const:1 dy=const:1";
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_tensor y = {0};
    struct vjp_reference *r = contract(&c, &data, 1);
    cr_expect_eq(vjp_reference_output(r, &y, &error), VJP_ERR_INTERNAL);
    cr_expect_null(y.data);
    vjp_reference_destroy(r);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* References of other operands round to other numbers. */
Test(reference_exact, what_differs_is_told)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=1 D=1 M=2 x=[1] w=[1,2] dy=[1,1]",
        "linear dtype=f32 N=1 D=1 M=2 x=[1] w=[1,2] dy=[1,3]",
    };
    struct vjp_error error = {""};
    struct vjp_case c[2];
    struct vjp_data data[2];
    struct vjp_reference *r[2];
    for (int i = 0; i < 2; i++) {
        c[i] = parse_case(lines[i]);
        data[i] = generate_line(lines[i]);
    }
    r[0] = contract(&c[0], &data[0], 1);
    cr_assert_eq(vjp_reference_create_unchecked(&c[1], &data[1], &r[1], &error), VJP_OK);
    cr_expect_eq(vjp_reference_check_agreement(&c[0], r[0], r[0], &error), VJP_OK);
    cr_expect_eq(vjp_reference_check_agreement(&c[0], r[0], r[1], &error), VJP_ERR_INTERNAL);
    cr_expect_str_eq(error.text, "the exact contraction and the explicit Jacobian have two results "
                                 "for element 0 of dx: please report this");
    for (int i = 0; i < 2; i++) {
        vjp_reference_destroy(r[i]);
        vjp_data_clear(&data[i]);
        vjp_case_clear(&c[i]);
    }
}
