/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/campaign.h"

#include <criterion/criterion.h>
#include <string.h>

static struct vjp_case draw(const char *layer, uint64_t seed, int64_t dim_max, int64_t i)
{
    const struct vjp_campaign campaign = {.seed = seed, .dim_max = dim_max};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    const enum vjp_status status =
        vjp_campaign_case(&campaign, vjp_spec_find(layer), VJP_F32, i, &c, &error);
    cr_assert_eq(status, VJP_OK, "%s, %d: %s", layer, (int)i, error.text);
    return c;
}

Test(campaign, a_case_is_a_pure_function_of_seed_and_number)
{
    for (int64_t i = 0; i < 100; i++) {
        struct vjp_case a = draw("linear", 1, 512, i), again = draw("linear", 1, 512, i);
        struct vjp_case next = draw("linear", 1, 512, i + 1), other = draw("linear", 2, 512, i);
        cr_expect(vjp_case_is_equal(&a, &again));
        cr_expect_neq(a.seed, next.seed);
        cr_expect_neq(a.seed, other.seed);
        vjp_case_clear(&a);
        vjp_case_clear(&again);
        vjp_case_clear(&next);
        vjp_case_clear(&other);
    }
}

/* Also of layers whose sizes must fit together. */
Test(campaign, cases_are_valid_and_no_dimension_is_above_the_largest)
{
    static const char *const layers[] = {"linear", "conv2d", "attention", "softmax",
                                         "linear | relu"};
    for (size_t l = 0; l < sizeof layers / sizeof *layers; l++) {
        for (int64_t i = 0; i < 90; i++) {
            struct vjp_case c = draw(layers[l], 3, i % 2 ? 512 : 7, i);
            cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
            cr_expect_leq(vjp_case_work(&c), 40000);
            for (int d = 0; d < c.spec->n_dims && strcmp(layers[l], "linear | relu"); d++)
                cr_expect_leq(c.dim[d], i % 2 ? 512 : 7, "%s, case %d", layers[l], (int)i);
            vjp_case_clear(&c);
        }
    }
}

/* Every way is exact as often as every third case, and plain every second time. */
Test(campaign, every_way_has_exact_and_plain_cases)
{
    int exact[VJP_CAMPAIGN_WAYS] = {0}, plain[VJP_CAMPAIGN_WAYS] = {0},
        all[VJP_CAMPAIGN_WAYS] = {0};
    for (int64_t i = 0; i < 600; i++) {
        struct vjp_case c = draw("linear", 5, 64, i);
        const int way = (int)vjp_campaign_way(i);
        all[way]++;
        exact[way] += strcmp(c.slot[0].text, "exact") == 0;
        plain[way] += !c.accumulate && c.threads == 1 && c.slot[0].layout.ld_pad == 0;
        vjp_case_clear(&c);
    }
    for (int way = 0; way < VJP_CAMPAIGN_WAYS; way++) {
        cr_expect_eq(all[way], 120);
        cr_expect_eq(exact[way], 40);
        cr_expect(plain[way] >= 60, "%s: %d", vjp_campaign_way_name((enum vjp_campaign_way)way),
                  plain[way]);
    }
}

/* What each way is for. */
Test(campaign, the_ways_draw_what_they_say)
{
    int64_t boundary = 0, near_boundary = 0, equal = 0, equals = 0, far = 0, fars = 0, zeros = 0;
    for (int64_t i = 0; i < 3000; i++) {
        struct vjp_case c = draw("linear", 9, 512, i);
        const int64_t *d = c.dim;
        const bool pair = d[0] == d[1] || d[1] == d[2] || d[0] == d[2];
        const int64_t small = (d[0] <= 3) + (d[1] <= 3) + (d[2] <= 3);
        switch (vjp_campaign_way(i)) {
        case VJP_CAMPAIGN_BOUNDARY:
            for (int k = 0; k < 3; k++) {
                boundary++;
                const int64_t m = d[k] % 8;
                near_boundary += d[k] <= 2 || m == 7 || m == 0 || m == 1;
                zeros += d[k] == 0;
            }
            break;
        case VJP_CAMPAIGN_EQUAL:
            equal++;
            equals += pair;
            break;
        case VJP_CAMPAIGN_FAR:
            far++;
            fars += small == 2 && d[0] + d[1] + d[2] > 200;
            break;
        default:
            break;
        }
        vjp_case_clear(&c);
    }
    cr_expect_gt(zeros, 20);
    cr_expect_gt(near_boundary, boundary * 6 / 10, "%d of %d", (int)near_boundary, (int)boundary);
    cr_expect_gt(equals, equal * 6 / 10, "%d of %d", (int)equals, (int)equal);
    cr_expect_gt(fars, far * 6 / 10, "%d of %d", (int)fars, (int)far);
}

/* Sizes of the spread way in octaves: all are met about alike, where work does not cut them down. */
Test(campaign, spread_sizes_fill_the_octaves)
{
    int octave[3] = {0}, all = 0;
    for (int64_t i = 0; i < 3000; i++) {
        struct vjp_case c = draw("linear", 11, 7, i);
        for (int k = 0; k < 3 && vjp_campaign_way(i) == VJP_CAMPAIGN_SPREAD; k++) {
            octave[c.dim[k] >= 4 ? 2 : c.dim[k] >= 2]++;
            all++;
        }
        vjp_case_clear(&c);
    }
    for (int k = 0; k < 3; k++)
        cr_expect(octave[k] > all / 4 && octave[k] < all * 5 / 12, "%d of %d", octave[k], all);
}

Test(campaign, what_fits_nowhere_is_told)
{
    const struct vjp_campaign campaign = {.seed = 1, .dim_max = 8};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_campaign_case(&campaign, vjp_spec_find("mse | rope"), VJP_F32, 0, &c, &error),
                 VJP_ERR_USAGE);
    cr_expect(strstr(error.text, "no sizes were found"), "%s", error.text);
}

/* Of every case a size is beside a multiple of a tile, or the largest there may be. */
Test(campaign, sizes_are_at_those_of_tiles)
{
    const int32_t tiles[] = {96, 1000};
    const struct vjp_campaign campaign = {.seed = 1, .dim_max = 512, .tiles = tiles, .n_tiles = 2};
    int at[2] = {0}, small = 0;
    for (int64_t i = 0; i < 60; i++) {
        struct vjp_case c = {0};
        struct vjp_error error = {""};
        cr_assert_eq(vjp_campaign_case(&campaign, vjp_spec_find("linear"), VJP_F32, i, &c, &error),
                     VJP_OK, "%s", error.text);
        for (int d = 0; d < 3; d++) {
            at[0] += (c.dim[d] + 1) % 96 <= 2 && c.dim[d] > 1;
            at[1] += c.dim[d] == 512;
            small += c.dim[d] <= 8;
        }
        vjp_case_clear(&c);
    }
    cr_expect_gt(at[0], 15, "%d", at[0]);
    cr_expect_gt(at[1], 15, "%d", at[1]);
    cr_expect_gt(small, 60, "%d", small);
}

/* Cases that are not plain have a stride of 0 now and then, and, where dx is like dy, are in place. */
Test(campaign, some_are_expanded_or_in_place)
{
    int expanded = 0, in_place = 0;
    for (int64_t i = 0; i < 600; i++) {
        struct vjp_case c = draw("relu", 7, 16, i);
        expanded += c.slot[0].layout.expand != 0 || c.slot[1].layout.expand != 0;
        in_place += c.in_place;
        cr_expect(i % 2 == 0 || !c.in_place);
        vjp_case_clear(&c);
    }
    cr_expect(expanded > 5 && expanded < 60, "%d", expanded);
    cr_expect(in_place > 5 && in_place < 90, "%d", in_place);
}
