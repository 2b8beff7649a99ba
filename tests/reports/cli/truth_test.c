/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/truth.h"

#include "tests/cases/lines.h"

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_truth truth;
};

static void start(struct scene *s, const char *line)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_truth_init(&s->truth, &s->c, &s->data, &error), VJP_OK, "%s", error.text);
}

static void end(struct scene *s)
{
    vjp_truth_clear(&s->truth);
    cr_expect_eq(s->truth.count, 0);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static const struct vjp_reference *find(struct scene *s, enum vjp_point_kink point,
                                        enum vjp_tie_kink tie)
{
    struct vjp_error error = {""};
    const struct vjp_reference *r = NULL;
    const struct vjp_kinks kinks = {.point = point, .tie = tie};
    cr_assert_eq(vjp_truth_find(&s->truth, kinks, &r, &error), VJP_OK, "%s", error.text);
    return r;
}

/* dx of the first element as the reference has it. */
static double first(const struct vjp_reference *r, const struct scene *s)
{
    return vjp_bits_to_double(s->c.dtype,
                              vjp_reference_rounded(r, vjp_slot_gradient(s->c.spec, 0), 0));
}

Test(truth, away_from_kinks_one_reference_does_for_all)
{
    struct scene s;
    start(&s, "relu dtype=f32 rank=1 N=2 x=[1,-1] dy=[3,4]");
    const struct vjp_reference *any = find(&s, VJP_POINT_ANY, VJP_TIE_ANY);
    cr_expect_eq(find(&s, VJP_POINT_LOWER, VJP_TIE_ANY), any);
    cr_expect_eq(find(&s, VJP_POINT_UPPER, VJP_TIE_SPLIT), any);
    cr_expect_eq(s.truth.count, 1);
    cr_expect_eq(first(any, &s), 3);
    end(&s);
}

/* Each convention has its own, and is derived once. */
Test(truth, on_a_kink_every_convention_has_its_own)
{
    static const double slope[] = {
        [VJP_POINT_LOWER] = 0, [VJP_POINT_UPPER] = 1, [VJP_POINT_MIDDLE] = .5};
    struct scene s;
    start(&s, "relu dtype=f32 rank=1 N=2 x=[0,-1] dy=[3,4]");
    uint64_t low, high;
    const struct vjp_reference *any = find(&s, VJP_POINT_ANY, VJP_TIE_ANY);
    cr_expect(vjp_reference_range(any, vjp_slot_gradient(s.c.spec, 0), 0, &low, &high));
    cr_expect_eq(vjp_bits_to_double(VJP_F32, low), 0);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, high), 3);
    for (int round = 0; round < 2; round++) {
        for (int point = VJP_POINT_LOWER; point <= VJP_POINT_MIDDLE; point++) {
            const struct vjp_reference *r = find(&s, (enum vjp_point_kink)point, VJP_TIE_ANY);
            cr_expect_neq(r, any);
            cr_expect_eq(first(r, &s), 3 * slope[point], "convention %d", point);
        }
        cr_expect_eq(s.truth.count, 4);
    }
    cr_expect_eq(find(&s, VJP_POINT_ANY, VJP_TIE_ANY), any);
    end(&s);
}

/* There is room for all sixteen. */
Test(truth, all_conventions_at_once)
{
    struct scene s;
    start(&s, "maxpool2d dtype=f32 N=1 C=1 H=2 W=2 kernel=2 x=[3,3,1,1] dy=[8]");
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < VJP_CONVENTIONS_MAX; i++) {
            static const double share[] = {
                [VJP_TIE_FIRST] = 8, [VJP_TIE_LAST] = 0, [VJP_TIE_SPLIT] = 4};
            const struct vjp_reference *r =
                find(&s, (enum vjp_point_kink)(i % 4), (enum vjp_tie_kink)(i / 4));
            if (i / 4 != VJP_TIE_ANY)
                cr_expect_eq(first(r, &s), share[i / 4], "convention %d", i);
        }
    }
    cr_expect_eq(s.truth.count, VJP_CONVENTIONS_MAX);
    end(&s);
}

/* The data get what a forward pass saves. */
Test(truth, fills_in_saved_values)
{
    struct scene s;
    start(&s, "exp dtype=f32 rank=1 N=1 x=[0] dy=[3]");
    cr_assert_eq(s.data.saved[0].count, 1);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, vjp_tensor_get(&s.data.saved[0], 0)), 1);
    end(&s);
}

Test(truth, a_case_that_is_too_large)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case("relu dtype=f32 rank=1 N=1000000000");
    struct vjp_data data = {0};
    struct vjp_truth truth = {.count = 42};
    cr_expect_eq(vjp_truth_init(&truth, &c, &data, &error), VJP_ERR_LIMIT);
    cr_expect_eq(truth.count, 42, "left alone");
    vjp_case_clear(&c);
}
