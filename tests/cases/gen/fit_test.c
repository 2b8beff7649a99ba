/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fit.h"

#include "cases/gen/random.h"
#include "cases/spec/pipeline.h"

#include <criterion/criterion.h>
#include <string.h>

static struct vjp_case start(const char *name, struct vjp_random *random, uint32_t seed)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    const struct vjp_spec *spec = NULL;
    cr_assert_eq(strchr(name, '|') ? vjp_pipeline_find(name, &spec, &error) : VJP_OK, VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_case_init(&c, spec ? spec : vjp_spec_find(name), VJP_F32, &error), VJP_OK);
    cr_assert_eq(vjp_random_init(random, seed, &error), VJP_OK);
    return c;
}

static void set(struct vjp_case *c, const char *dim, int64_t size)
{
    c->dim[vjp_dim_find(c->spec, dim)] = size;
}

/* 60 = 2 2 3 5 elements in N x H x D with an even D: 3^4 ways to spread the primes, but the 2s. */
Test(fit, elements_are_spread_over_the_dimensions_in_many_ways)
{
    int64_t seen[100][3];
    int n_seen = 0;
    for (uint32_t seed = 0; seed < 100; seed++) {
        struct vjp_random random;
        struct vjp_case c = start("linear | rope", &random, seed);
        set(&c, "1.N", 6);
        set(&c, "1.M", 10);
        cr_assert(vjp_fit_elements(&random.rng, &c));
        const int64_t N = vjp_case_dim(&c, "2.N"), H = vjp_case_dim(&c, "2.H"),
                      D = vjp_case_dim(&c, "2.D");
        cr_expect_eq(N * H * D, 60);
        cr_expect_eq(D % 2, 0);
        cr_expect_eq(vjp_case_dim(&c, "1.N") * vjp_case_dim(&c, "1.M"), 60, "those stay");
        int i = 0;
        while (i < n_seen && (seen[i][0] != N || seen[i][1] != H || seen[i][2] != D))
            i++;
        seen[i][0] = N, seen[i][1] = H, seen[i][2] = D;
        n_seen += i == n_seen;
        vjp_case_clear(&c);
        vjp_random_clear(&random);
    }
    cr_expect_gt(n_seen, 15, "%d", n_seen);
}

Test(fit, no_elements_are_a_product_with_a_zero)
{
    for (uint32_t seed = 0; seed < 20; seed++) {
        struct vjp_random random;
        struct vjp_case c = start("linear | maxpool2d", &random, seed);
        set(&c, "1.N", 0);
        cr_assert(vjp_fit_elements(&random.rng, &c));
        cr_expect_eq(vjp_case_dim(&c, "2.N") * vjp_case_dim(&c, "2.C"), 0);
        cr_expect_geq(vjp_case_dim(&c, "2.H"), 2, "room for a window of 2");
        cr_expect_geq(vjp_case_dim(&c, "2.W"), 2);
        vjp_case_clear(&c);
        vjp_random_clear(&random);
    }
}

/* 9 elements have no even factor. */
Test(fit, elements_that_no_product_fits_are_told)
{
    struct vjp_random random;
    struct vjp_case c = start("linear | rope", &random, 1);
    set(&c, "1.N", 3);
    set(&c, "1.M", 3);
    cr_expect_not(vjp_fit_elements(&random.rng, &c));
    vjp_case_clear(&c);
    vjp_random_clear(&random);
}

/* An image of one element, which two poolings by 2 need 4 x 4 of, and a filter that is larger. */
Test(fit, sizes_are_drawn_again_until_all_stages_fit)
{
    for (uint32_t seed = 0; seed < 20; seed++) {
        struct vjp_random random;
        struct vjp_error error = {""};
        struct vjp_case c = start("conv2d | maxpool2d | maxpool2d | linear", &random, seed);
        set(&c, "1.R", 7);
        cr_assert_eq(vjp_fit_sizes(&random.rng, false, &c, &error), VJP_OK, "%s", error.text);
        cr_expect_geq(vjp_case_dim(&c, "1.H") - vjp_case_dim(&c, "1.R") + 1, 4);
        cr_expect_geq(vjp_case_dim(&c, "1.W") - vjp_case_dim(&c, "1.S") + 1, 4);
        for (int a = 0; a < c.spec->n_attrs; a++)
            cr_expect_eq(c.attr[a], c.spec->attr[a].fallback, "%s", c.spec->attr[a].name);
        vjp_case_clear(&c);
        vjp_random_clear(&random);
    }
}

/* A window of 2 without padding has no room in one element; one of 1 has, and one of 2 with padding. */
Test(fit, attributes_vary_only_where_they_may)
{
    struct vjp_random random;
    struct vjp_error error = {""};
    struct vjp_case c = start("mse | maxpool2d", &random, 1);
    cr_expect_eq(vjp_fit_sizes(&random.rng, false, &c, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "stage 2 (maxpool2d): H=1: expected room for a window: kernel=2 "
                                 "with padding=0 needs 2 or more");
    cr_assert_eq(vjp_fit_sizes(&random.rng, true, &c, &error), VJP_OK, "%s", error.text);
    cr_expect_geq(1 + 2 * vjp_case_attr(&c, "2.padding"), vjp_case_attr(&c, "2.kernel"));
    vjp_case_clear(&c);
    vjp_random_clear(&random);
}

Test(fit, an_attribute_that_is_to_blame_goes_back)
{
    struct vjp_random random;
    struct vjp_error error = {""};
    struct vjp_case c = start("linear | dropout", &random, 1);
    c.real[vjp_attr_find(c.spec, "2.p")] = 1;
    cr_assert_eq(vjp_fit_sizes(&random.rng, false, &c, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(vjp_case_real(&c, "2.p"), 0.5);
    vjp_case_clear(&c);
    vjp_random_clear(&random);
}

Test(fit, a_single_layer_stays_as_it_is)
{
    struct vjp_random random;
    struct vjp_error error = {""};
    struct vjp_case c = start("maxpool2d", &random, 1); /* 1 x 1, too small for a window of 2 */
    const struct vjp_case before = c;
    cr_expect(vjp_fit_elements(&random.rng, &c));
    cr_expect_eq(vjp_fit_sizes(&random.rng, true, &c, &error), VJP_OK);
    cr_expect_eq(memcmp(&c, &before, sizeof c), 0);
    vjp_case_clear(&c);
    vjp_random_clear(&random);
}
