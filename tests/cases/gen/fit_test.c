/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fit.h"

#include "cases/gen/random.h"
#include "cases/gen/suite.h"
#include "cases/spec/pipeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
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

/* Of a loss, one element, no features can be paired. */
static bool is_impossible(const struct vjp_spec *first, const struct vjp_spec *second)
{
    static const char *const losses[] = {"cross_entropy", "softmax_cross_entropy", "hinge", "mse"};
    bool is_loss = false;
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        is_loss |= strcmp(first->name, losses[l]) == 0;
    return is_loss && strcmp(second->name, "rope") == 0;
}

/* Of the first cases of a pipeline how many have other sizes than all before. */
static int count_sizes(const struct vjp_spec *spec, int n)
{
    int64_t seen[16][VJP_MAX_DIMS];
    int count = 0;
    for (int64_t i = 0; i < n; i++) {
        struct vjp_case c;
        struct vjp_error error = {""};
        cr_assert_eq(vjp_suite_case(spec, VJP_F32, 9, i, &c, &error), VJP_OK, "%s: %s", spec->name,
                     error.text);
        int k = 0;
        while (k < count && memcmp(seen[k], c.dim, sizeof c.dim) != 0)
            k++;
        memcpy(seen[k], c.dim, sizeof c.dim);
        count += k == count;
        vjp_case_clear(&c);
    }
    return count;
}

/* Pairs that have no name, such as "mse | relu", are what the pipeline's own tests are about. */
Test(fit, every_pair_of_layers_gets_cases_or_is_told_impossible)
{
    enum { CASES = 8 };
    int possible = 0, impossible = 0;
    for (const struct vjp_spec *const *a = vjp_specs; *a; a++) {
        for (const struct vjp_spec *const *b = vjp_specs; *b; b++) {
            char name[64];
            const struct vjp_spec *spec;
            struct vjp_case c = {0};
            struct vjp_error error = {""};
            snprintf(name, sizeof name, "%s | %s", (*a)->name, (*b)->name);
            if (vjp_pipeline_find(name, &spec, NULL) != VJP_OK)
                continue;
            if (!is_impossible(*a, *b)) {
                const int sizes = count_sizes(spec, CASES);
                cr_expect_geq(sizes, CASES / 2, "%s: %d", name, sizes);
                possible++;
                continue;
            }
            for (int64_t i = 0; i < CASES; i++) {
                cr_expect_eq(vjp_suite_case(spec, VJP_F32, 9, i, &c, &error), VJP_ERR_USAGE);
                cr_expect_not_null(strstr(error.text, "stage 2 (rope): "), "%s: %s", name,
                                   error.text);
                cr_expect_null(c.spec);
            }
            impossible++;
        }
    }
    cr_expect_gt(possible, 900, "%d", possible);
    cr_expect_eq(impossible, 4);
}

Test(fit, deep_pipelines_get_many_sizes)
{
    static const char *const names[] = {
        "rope | attention",
        "embedding | rmsnorm | linear | rope",
        "linear | avgpool2d | linear",
        "conv2d | maxpool2d | maxpool2d | maxpool2d | maxpool2d",
        "conv2d | relu | maxpool2d | conv2d | relu | maxpool2d | linear | softmax_cross_entropy",
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const struct vjp_spec *spec = vjp_spec_find(names[k]);
        cr_assert_not_null(spec, "%s", names[k]);
        const int sizes = count_sizes(spec, 16);
        cr_expect_geq(sizes, 12, "%s: %d", names[k], sizes);
    }
}
