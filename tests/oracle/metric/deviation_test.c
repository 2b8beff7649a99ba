/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/deviation.h"

#include "tests/cases/lines.h"

#include <criterion/criterion.h>
#include <math.h>

struct seen {
    int n;
    struct vjp_deviation d[8];
};

static void keep(void *env, const struct vjp_deviation *d)
{
    struct seen *seen = env;
    cr_assert_lt(seen->n, 8);
    seen->d[seen->n++] = *d;
}

/* Answers to the first gradient, by either oracle. */
static struct seen look(const char *line, bool contracted, int count, const double *answers)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_reference *reference;
    struct vjp_tensor got = {0};
    struct vjp_shape shape;
    struct seen seen = {0};
    const int slot = vjp_slot_gradient(c.spec, 0);
    const enum vjp_status status =
        contracted ? vjp_reference_create_contracted(&c, &data, 1, &reference, &error)
                   : vjp_reference_create(&c, &data, (struct vjp_kinks){0}, &reference, &error);
    cr_assert_eq(status, VJP_OK, "%s", error.text);
    vjp_case_slot_shape(&c, slot, &shape);
    cr_assert_eq(vjp_tensor_init(&got, c.dtype, &shape, &error), VJP_OK);
    for (int i = 0; i < count; i++)
        vjp_tensor_set(&got, i, vjp_bits_from_double(c.dtype, answers[i]));
    vjp_deviation_visit(reference, slot, count > 0 ? &got : NULL, keep, &seen);
    vjp_tensor_clear(&got);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return seen;
}

/* dx = dy w' of one row: 1 + 2^-25, between 1 and 1 + 2^-23, in f32. Each answer has its own column. */
static const char line[] = "linear dtype=f32 N=1 D=5 M=2 x=[1,1,1,1,1] "
                           "w=[1,0x1p-25,1,0x1p-25,1,0x1p-25,1,0x1p-25,-1,0] dy=[1,1]";
static const double answers[] = {1, 1 + 0x1p-23, 1 - 0x1p-24, INFINITY, -1};

static void check(bool contracted)
{
    const struct seen s = look(line, contracted, 5, answers);
    cr_assert_eq(s.n, 5);
    cr_expect_eq(s.d[0].error, -0x1p-25);
    cr_expect_eq(s.d[0].ulp, 0.25);
    cr_expect(s.d[0].correct && s.d[0].faithful);
    cr_expect_eq(s.d[0].terms, 2);
    cr_expect_float_eq(s.d[0].scale, 1, 1e-3);
    cr_expect_eq(s.d[0].exact, 1 + 0x1p-25);

    cr_expect_eq(s.d[1].error, 0x1p-23 - 0x1p-25);
    cr_expect_eq(s.d[1].ulp, 0.75);
    cr_expect(!s.d[1].correct && s.d[1].faithful, "the other neighbour is faithful");

    cr_expect_eq(s.d[2].error, -0x1p-24 - 0x1p-25);
    cr_expect(!s.d[2].faithful, "1 lies between");

    cr_expect_eq(s.d[3].kind, VJP_DEVIATION_LOST);
    cr_expect(!s.d[3].correct && !s.d[3].faithful);

    cr_expect_eq(s.d[4].error, 0);
    cr_expect_eq(s.d[4].terms, 1);
    cr_expect(s.d[4].correct && s.d[4].faithful);
}

Test(deviation, of_an_explicit_jacobian)
{
    check(false);
}

Test(deviation, of_a_contraction)
{
    check(true);
}

/* An exact result that is a number of the dtype has no other faithful answer. */
Test(deviation, beside_an_exact_result_nothing_is_faithful)
{
    const double beside[] = {1 + 0x1p-23};
    const struct seen s = look("linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]", true, 1, beside);
    cr_expect_eq(s.d[0].error, 0x1p-23);
    cr_expect_not(s.d[0].faithful);
}

/* Below 1 numbers are half as far apart. */
Test(deviation, at_a_power_of_two_the_side_counts)
{
    const double below[] = {1};
    const struct seen s =
        look("linear dtype=f32 N=1 D=1 M=2 x=[1] w=[1,-0x1.8p-25] dy=[1,1]", true, 1, below);
    cr_expect_eq(s.d[0].error, 0x1.8p-25);
    cr_expect(s.d[0].faithful);
    const struct seen t =
        look("linear dtype=f32 N=1 D=1 M=2 x=[1] w=[1,-0x1.4p-24] dy=[1,1]", true, 1, below);
    cr_expect_not(t.d[0].faithful, "1 - 2^-24 lies between");
}

Test(deviation, a_kink_has_no_one_result)
{
    const double half[] = {0.5, 1};
    const struct seen s = look("relu dtype=f32 N=1 M=2 x=[0,1] dy=[1,1]", false, 2, half);
    cr_expect_eq(s.d[0].kind, VJP_DEVIATION_OPEN);
    cr_expect_eq(s.d[1].kind, VJP_DEVIATION_KNOWN);
}

Test(deviation, without_answers_there_are_terms_and_scales)
{
    const struct seen s = look(line, true, 0, NULL);
    cr_assert_eq(s.n, 5);
    cr_expect_eq(s.d[0].terms, 2);
    cr_expect_eq(s.d[4].terms, 1);
    cr_expect_eq(s.d[0].exact, 1 + 0x1p-25);
}
