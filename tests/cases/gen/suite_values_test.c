/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/suite_values.h"

#include "cases/gen/random.h"
#include "cases/spec/domain.h"
#include "tests/cases/spec/sample.h"

#include <string.h>

#define COUNT 1000

/* How often each generator was drawn for each slot of the sample layer. */
struct tally {
    int of[SAMPLE_DP + 1][VJP_GEN_NAMED];
};

static void draw_many(struct vjp_spec *spec, bool structural, struct tally *tally)
{
    struct vjp_random random;
    cr_assert_eq(vjp_random_init(&random, 1, NULL), VJP_OK);
    for (int i = 0; i < COUNT; i++) {
        struct vjp_case c = sample_case(4, 3, i % 2 ? "labels" : "index");
        struct vjp_error error = {""};
        c.spec = spec;
        c.accumulate = i % 4 < 2;
        cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
        cr_assert_eq(vjp_suite_draw_values(&random.rng, structural, &c, &error), VJP_OK, "%s",
                     error.text);
        cr_expect_eq(vjp_case_validate(&c, &error), VJP_OK, "%s", error.text);
        for (int slot = SAMPLE_X; slot <= SAMPLE_DP; slot++) {
            if (c.slot[slot].text)
                tally->of[slot][c.slot[slot].generator]++;
        }
        vjp_case_clear(&c);
    }
    vjp_random_clear(&random);
}

static int sum(const struct tally *tally, int slot)
{
    int total = 0;
    for (int g = 0; g < VJP_GEN_NAMED; g++)
        total += tally->of[slot][g];
    return total;
}

Test(suite_values, what_has_a_domain_is_drawn_from_it_in_every_case)
{
    struct vjp_spec spec = sample_spec;
    for (int kind = 0; kind < 4; kind++) {
        struct tally tally = {0};
        spec.sums_products = kind % 2 == 1;
        draw_many(&spec, kind / 2 == 1, &tally);
        cr_expect_eq(sum(&tally, SAMPLE_T), COUNT / 2);
        cr_expect_eq(tally.of[SAMPLE_L][VJP_GEN_LABELS], COUNT / 2);
        cr_expect_gt(tally.of[SAMPLE_P][VJP_GEN_POSITIVE], COUNT / 4);
        cr_expect_gt(tally.of[SAMPLE_P][VJP_GEN_SIMPLEX], COUNT / 4);
        cr_expect_gt(tally.of[SAMPLE_T][VJP_GEN_INDEX], COUNT / 10);
        cr_expect_gt(tally.of[SAMPLE_T][VJP_GEN_REPEATS], COUNT / 10);
        cr_expect_gt(tally.of[SAMPLE_T][VJP_GEN_IGNORED], COUNT / 10);
        cr_expect_gt(tally.of[SAMPLE_M][VJP_GEN_MASK], COUNT / 2);
        cr_expect_gt(tally.of[SAMPLE_M][VJP_GEN_CONST], COUNT / 20);
    }
}

Test(suite_values, sums_of_products_get_exact_data_and_others_zeros_and_ties)
{
    struct vjp_spec spec = sample_spec;
    struct tally sums = {0};
    struct tally functions = {0};
    spec.sums_products = true;
    draw_many(&spec, true, &sums);
    cr_expect_eq(sums.of[SAMPLE_X][VJP_GEN_EXACT], COUNT);
    cr_expect_eq(sums.of[SAMPLE_DY][VJP_GEN_EXACT], COUNT);
    cr_expect_eq(sums.of[SAMPLE_DX][VJP_GEN_EXACT], COUNT / 2);
    spec.sums_products = false;
    draw_many(&spec, true, &functions);
    cr_expect_eq(functions.of[SAMPLE_X][VJP_GEN_EXACT], 0);
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_TIES], COUNT / 3);
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_ZEROS], COUNT / 10);
    cr_expect_gt(functions.of[SAMPLE_DY][VJP_GEN_INTEGERS], COUNT / 3);
}

/* A quarter of the operands that are not tiny, special or one-hot besides, and no other slot. */
Test(suite_values, an_operand_that_is_centred_is_shifted_in_a_share)
{
    struct vjp_spec spec = sample_spec;
    struct tally structural = {0};
    struct tally rounded = {0};
    struct tally other = {0};
    draw_many(&spec, false, &other);
    spec.input[SAMPLE_X].centred = true;
    draw_many(&spec, true, &structural);
    draw_many(&spec, false, &rounded);
    cr_expect_gt(rounded.of[SAMPLE_X][VJP_GEN_SHIFTED], COUNT / 6);
    cr_expect_lt(rounded.of[SAMPLE_X][VJP_GEN_SHIFTED], COUNT / 3);
    for (int slot = SAMPLE_X; slot <= SAMPLE_DP; slot++) {
        cr_expect_eq(structural.of[slot][VJP_GEN_SHIFTED], 0);
        cr_expect_eq(other.of[slot][VJP_GEN_SHIFTED], 0);
        cr_expect(slot == SAMPLE_X || rounded.of[slot][VJP_GEN_SHIFTED] == 0);
    }
}

/* The smallest number of the dtype that is not subnormal, and the smallest of all. */
static const struct {
    enum vjp_dtype dtype;
    double normal, least;
} ranges[] = {{VJP_F16, 0x1p-14, 0x1p-24},
              {VJP_BF16, 0x1p-126, 0x1p-133},
              {VJP_F32, 0x1p-126, 0x1p-149},
              {VJP_F64, 0x1p-1022, 0x1p-1074}};

/* Deviations whose product of two, or of three, lies among the subnormal numbers: in some cases of every
 * kind of layer x and dy are such together. */
Test(suite_values, a_share_of_the_operands_is_tiny)
{
    for (int kind = 0; kind < 8; kind++) {
        struct vjp_spec spec = sample_spec;
        struct vjp_random random;
        int together[4] = {0}; /* by the number of factors with a subnormal product */
        spec.sums_products = kind % 2 == 1;
        cr_assert_eq(vjp_random_init(&random, 1, NULL), VJP_OK);
        for (int i = 0; i < COUNT; i++) {
            struct vjp_case c = sample_case(4, 3, "index");
            c.spec = &spec;
            c.dtype = ranges[kind / 2].dtype;
            cr_assert_eq(vjp_suite_draw_values(&random.rng, false, &c, NULL), VJP_OK);
            const double x = c.slot[SAMPLE_X].parameter;
            const double least = ranges[kind / 2].least, normal = ranges[kind / 2].normal;
            if (c.slot[SAMPLE_X].generator == VJP_GEN_NORMAL &&
                c.slot[SAMPLE_DY].generator == VJP_GEN_NORMAL && x == c.slot[SAMPLE_DY].parameter) {
                together[2] += x * x > least && x * x < normal;
                together[3] += x * x * x > least && x * x * x < normal;
            }
            vjp_case_clear(&c);
        }
        vjp_random_clear(&random);
        for (int factors = 2; factors <= 3; factors++) /* 4/9 of a thirtieth */
            cr_expect(together[factors] > COUNT / 150 && together[factors] < COUNT / 40,
                      "%d factors: %d", factors, together[factors]);
    }
}

Test(suite_values, what_is_not_finite_is_for_all_and_large_logits_are_for_functions)
{
    struct vjp_spec spec = sample_spec;
    struct tally sums = {0};
    struct tally functions = {0};
    spec.sums_products = true;
    draw_many(&spec, false, &sums);
    spec.sums_products = false;
    draw_many(&spec, false, &functions);
    cr_expect_gt(sums.of[SAMPLE_X][VJP_GEN_SPECIAL], 0);
    cr_expect_gt(sums.of[SAMPLE_X][VJP_GEN_SUBNORMAL], 0);
    cr_expect_eq(sums.of[SAMPLE_X][VJP_GEN_LARGE], 0);
    cr_expect_gt(sums.of[SAMPLE_X][VJP_GEN_TIES], COUNT / 20, "for relu and the like");
    cr_expect_eq(sums.of[SAMPLE_X][VJP_GEN_CANCEL], 0, "nothing cancels there");
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_LARGE], COUNT / 20);
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_SPECIAL], 0);
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_SUBNORMAL], 0);
    cr_expect_gt(functions.of[SAMPLE_X][VJP_GEN_TIES], COUNT / 40);
    for (int slot = SAMPLE_X; slot <= SAMPLE_DP; slot++) {
        cr_expect_eq(functions.of[slot][VJP_GEN_WIDE], 0);
        cr_expect_eq(functions.of[slot][VJP_GEN_EXACT], 0);
    }
    cr_expect_eq(functions.of[SAMPLE_DY][VJP_GEN_LARGE], 0);
    cr_expect_gt(functions.of[SAMPLE_DY][VJP_GEN_ONEHOT], COUNT / 30);
}
