/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is drawn for the suite is seen in suite_test.c, for campaigns in campaign_test.c: here, what a plan may ask. */
#include "cases/gen/draw.h"

#include "cases/gen/campaign.h"
#include "cases/gen/random.h"

#include <criterion/criterion.h>
#include <string.h>

struct wish {
    int64_t size;
    double work;
    int asked;
};

static double sizes(const void *env, gsl_rng *rng, int attempt, struct vjp_case *c)
{
    struct wish *wish = *(struct wish *const *)env;
    (void)rng;
    cr_expect_eq(attempt, wish->asked);
    wish->asked++;
    for (int d = 0; d < c->spec->n_dims; d++)
        c->dim[d] = wish->size;
    return wish->work;
}

static enum vjp_status draw(const char *layer, struct wish *wish, bool plain, uint32_t seed,
                            struct vjp_case *out, struct vjp_error *error)
{
    const struct vjp_draw_plan plan = {
        .structural = true, .plain = plain, .sizes = sizes, .env = &wish};
    struct vjp_random random;
    cr_assert_eq(vjp_random_init(&random, seed, error), VJP_OK);
    const enum vjp_status status =
        vjp_draw_case(&random.rng, &plan, vjp_spec_find(layer), VJP_F32, out, error);
    vjp_random_clear(&random);
    return status;
}

Test(draw, dimensions_are_halved_until_the_work_fits)
{
    struct wish wish = {.size = 64, .work = 3000};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(draw("linear", &wish, true, 1, &c, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(wish.asked, 1);
    /* 64^3 = 2^18, 3000 < 2^12: seven halvings, the largest first. */
    cr_expect_eq(c.dim[0] * c.dim[1] * c.dim[2], 2048);
    for (int d = 0; d < 3; d++)
        cr_expect(c.dim[d] == 8 || c.dim[d] == 16);
    vjp_case_clear(&c);
}

Test(draw, a_plain_case_has_no_layout)
{
    for (uint32_t seed = 0; seed < 40; seed++) {
        struct wish wish = {.size = 4, .work = 1e6};
        struct vjp_case c = {0};
        struct vjp_error error = {""};
        cr_assert_eq(draw("linear", &wish, true, seed, &c, &error), VJP_OK, "%s", error.text);
        cr_expect(!c.accumulate && c.threads == 1 && c.left_out == 0);
        for (int slot = 0; slot < vjp_slot_count(c.spec); slot++)
            cr_expect(c.slot[slot].layout.ld_pad == 0 && c.slot[slot].layout.align < 0 &&
                      !c.slot[slot].layout.trans);
        vjp_case_clear(&c);
    }
}

/* Of others, all that varies does. */
Test(draw, another_case_has_some)
{
    int accumulate = 0, threads = 0, padded = 0, aligned = 0, bias = 0, some = 0;
    for (uint32_t seed = 0; seed < 100; seed++) {
        struct wish wish = {.size = 4, .work = 1e6};
        struct vjp_case c = {0};
        struct vjp_error error = {""};
        cr_assert_eq(draw("linear", &wish, false, seed, &c, &error), VJP_OK, "%s", error.text);
        accumulate += c.accumulate;
        threads += c.threads == 2;
        padded += c.slot[0].layout.ld_pad != 0;
        aligned += c.slot[0].layout.align >= 0;
        bias += vjp_case_attr(&c, "bias") == 1;
        some += c.left_out != 0;
        vjp_case_clear(&c);
    }
    cr_expect(accumulate > 15 && threads > 15 && padded > 5 && aligned > 5 && bias > 25);
    cr_expect(some > 1 && some < 15, "%d of 100 leave gradients out", some);
}

/* An image of 5 has no window of 5 with the strides that are drawn for ever: the attributes go back to their
 * fallbacks, the sizes to small equal ones. */
Test(draw, what_does_not_fit_is_drawn_again)
{
    struct wish wish = {.size = 0, .work = 1e6};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(draw("maxpool2d", &wish, false, 3, &c, &error), VJP_OK, "%s", error.text);
    cr_expect_gt(wish.asked, 0);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    vjp_case_clear(&c);
}

Test(draw, streams_differ_by_layer_dtype_seed_and_number)
{
    const struct vjp_spec *linear = vjp_spec_find("linear"), *matmul = vjp_spec_find("matmul");
    const uint32_t one = vjp_draw_stream(linear, VJP_F32, 1, 1);
    cr_expect_eq(vjp_draw_stream(linear, VJP_F32, 1, 1), one);
    cr_expect_neq(vjp_draw_stream(matmul, VJP_F32, 1, 1), one);
    cr_expect_neq(vjp_draw_stream(linear, VJP_F64, 1, 1), one);
    cr_expect_neq(vjp_draw_stream(linear, VJP_F32, 2, 1), one);
    cr_expect_neq(vjp_draw_stream(linear, VJP_F32, 1, 2), one);
}

/* A batch of none leaves nothing to compute; the weights are no larger for that. */
Test(draw, an_empty_dimension_does_not_let_the_others_grow)
{
    const struct vjp_spec *linear = vjp_spec_find("linear");
    const struct vjp_campaign campaign = {.seed = 1, .dim_max = 4096};
    int empty = 0;
    for (int64_t i = 0; i < 600; i++) {
        struct vjp_case c = {0};
        struct vjp_error error = {""};
        double elements = 1;
        bool has_none = false;
        if (vjp_campaign_case(&campaign, linear, VJP_F32, i, &c, &error) != VJP_OK)
            continue;
        for (int d = 0; d < 3; d++) {
            elements *= c.dim[d] > 0 ? (double)c.dim[d] : 1;
            has_none |= c.dim[d] == 0;
        }
        cr_expect_leq(elements, 40000, "%g", elements); /* the most that a case of sums may cost */
        empty += has_none;
        vjp_case_clear(&c);
    }
    cr_expect_gt(empty, 10);
}
