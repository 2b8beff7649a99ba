/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/pairs.h"

#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct vjp_plugin_info info = {
    .n_kernels = 4,
    .kernel = {{.layer = "linear", .has_model = {[VJP_F32] = true, [VJP_F64] = true}},
               {.layer = "linear", .has_model = {[VJP_F32] = true}},
               {.layer = "softmax", .has_model = {[VJP_F32] = true}},
               {.layer = "no such layer", .has_model = {[VJP_F32] = true}}}};

static struct vjp_target target = {.info = &info, .selected = {true, true, true, true}};
static const struct vjp_targets targets = {.target = &target, .count = 1};

static int list(const char *layer, int dtype, struct vjp_pairs *pairs, struct vjp_error *error)
{
    return vjp_pairs_list(&targets, layer ? vjp_spec_find(layer) : NULL, dtype, pairs, error);
}

Test(pairs, each_layer_and_dtype_once)
{
    struct vjp_pairs pairs;
    struct vjp_error error = {""};
    cr_assert_eq(list(NULL, -1, &pairs, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(pairs.count, 3);
    cr_expect_str_eq(pairs.pair[0].spec->name, "linear");
    cr_expect_str_eq(pairs.pair[2].spec->name, "softmax");
    cr_expect_neq(pairs.pair[0].dtype, pairs.pair[1].dtype);
    vjp_pairs_clear(&pairs);
    cr_assert_eq(list("linear", VJP_F64, &pairs, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(pairs.count, 1);
    vjp_pairs_clear(&pairs);
    cr_expect_eq(list("relu", -1, &pairs, &error), VJP_ERR_USAGE);
    vjp_pairs_clear(&pairs);
    cr_expect_eq(list("softmax", VJP_F64, &pairs, &error), VJP_ERR_USAGE);
    vjp_pairs_clear(&pairs);
}

/* Case n of all is case n / 3 of pair n % 3. */
Test(pairs, cases_are_drawn_in_turn)
{
    const struct vjp_campaign campaign = {.seed = 7, .dim_max = 20};
    struct vjp_pairs pairs;
    struct vjp_error error = {""};
    cr_assert_eq(list(NULL, -1, &pairs, &error), VJP_OK, "%s", error.text);
    for (int64_t n = 0; n < 12; n++) {
        const struct vjp_pair *pair = &pairs.pair[n % 3];
        struct vjp_case c = {0}, same = {0};
        cr_assert_eq(vjp_pairs_draw(&pairs, &campaign, n, VJP_ORACLE_AUTO, &c, &error), VJP_OK,
                     "%s", error.text);
        cr_assert_eq(vjp_campaign_case(&campaign, pair->spec, pair->dtype, n / 3, &same, &error),
                     VJP_OK);
        cr_expect(vjp_case_is_equal(&c, &same));
        vjp_case_clear(&c);
        vjp_case_clear(&same);
    }
    vjp_pairs_clear(&pairs);
}
