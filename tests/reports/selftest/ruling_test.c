/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/ruling.h"

#include "tests/reports/rules/question.h"

#include <string.h>

static const struct vjp_published_rule *find(const char *name, int *number)
{
    for (*number = 0; vjp_rules[*number].name; ++*number) {
        if (strcmp(vjp_rules[*number].name, name) == 0)
            return &vjp_rules[*number];
    }
    cr_assert_fail("there is no rule %s", name);
    return NULL;
}

/* Of one number: the least n with error <= 2^n tolerance, by hand. */
Test(ruling, the_level_is_the_least_factor_that_accepts)
{
    static const double one = 1;
    static const struct {
        const char *rule;
        double got;
        int level;
    } table[] = {
        {"torch.testing.assert_close", 1, VJP_LEVEL_LEAST},
        {"torch.testing.assert_close", 1.00001, 0},   /* 1.0014e-5 of 1.13e-5 */
        {"torch.testing.assert_close", 1.00002, 1},   /* 2.0027e-5 */
        {"torch.testing.assert_close", 1.000005, -1}, /* 5.007e-6 */
        {"torch.testing.assert_close", NAN, VJP_LEVEL_NEVER},
        {"numpy.allclose", 1.0001, 4},            /* 1.0002e-4 of 1.001e-5: 9.99 */
        {"KernelBench 1e-2", 1.0001, -7},         /* 1.0002e-4 of 2.0001e-2: 1/200 */
        {"ggml NMSE", 1.03, 1},                   /* 9e-4 / 1.0609 of 5e-4: 1.7 */
        {"BLAS ratio of 16", 1.00001, 3},         /* 84 units of 2^-23, and 84 < 128 */
        {"BLAS ratio of 16", 3, VJP_LEVEL_NEVER}, /* less than half accurate */
        {"benchdnn", 1.0001, VJP_LEVEL_NEVER},    /* 0, however often it is taken */
        {"gradcheck", 1, VJP_LEVEL_NONE},         /* no differences */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int number;
        const double got = (double)(float)table[i].got;
        const struct example e = {"linear", VJP_F32, 1, {got}, {1}, NONE};
        struct vjp_rule_question q = ask(&e);
        q.scale = &one;
        const struct vjp_published_rule *rule = find(table[i].rule, &number);
        const int level = vjp_level_find(rule, &q);
        cr_expect_eq(level, table[i].level, "%s, %.9g: %d", table[i].rule, got, level);
        if (level != VJP_LEVEL_NONE)
            cr_expect_eq(vjp_rule_judge(rule, &q), level <= 0 ? ACCEPT : REFUSE, "%s, %.9g",
                         table[i].rule, got);
    }
}

Test(ruling, the_level_of_an_error_in_parts_of_its_bound)
{
    static const struct {
        double ratio;
        int level;
    } table[] = {{0, VJP_LEVEL_LEAST},
                 {1e-300, VJP_LEVEL_LEAST},
                 {0.25, -2},
                 {0.26, -1},
                 {1, 0},
                 {1.01, 1},
                 {8, 3},
                 {1e13, VJP_LEVEL_NEVER},
                 {INFINITY, VJP_LEVEL_NEVER},
                 {NAN, VJP_LEVEL_NEVER}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_level_of_ratio(table[i].ratio), table[i].level, "%g", table[i].ratio);
    cr_expect_eq(vjp_level_join(VJP_LEVEL_NONE, -3), -3);
    cr_expect_eq(vjp_level_join(2, VJP_LEVEL_NEVER), VJP_LEVEL_NEVER);
}

/* Two right kernels and a plant, by the first rule and, in threes, by one of several trials. */
static struct vjp_ruling_answer right[6], planted[6];
static struct vjp_ruling rulings[3];

static void fill(int rule, const int *right_levels, const int *planted_levels)
{
    for (int i = 0; i < 6; i++) {
        right[i] = (struct vjp_ruling_answer){.shows = true, .ours = -1};
        planted[i] = (struct vjp_ruling_answer){.shows = i != 5, .size = exp2(i), .ours = 1};
        right[i].level[rule] = right_levels[i];
        planted[i].level[rule] = planted_levels[i];
    }
    rulings[0] = (struct vjp_ruling){
        .layer = "linear", .dtype = "f32", .at = 16, .count = 6, .answer = right};
    rulings[1] = (struct vjp_ruling){
        .layer = "linear", .dtype = "f32", .at = 64, .defect = true, .count = 6, .answer = planted};
    rulings[2] = rulings[0];
    rulings[2].why = "left out";
}

static const struct vjp_ruling_filter rights = {.layer = "linear", .dtype = "f32"};
static const struct vjp_ruling_filter defects = {.layer = "linear", .dtype = "f32", .defect = true};

static void expect_votes(const struct vjp_ruling_filter *filter, int rule, int factor, int accept,
                         int refuse, int none)
{
    const struct vjp_votes v = vjp_ruling_count(rulings, 3, filter, rule, factor);
    cr_expect(v.accept == accept && v.refuse == refuse && v.none == none, "%d %d: %d, %d, %d", rule,
              factor, (int)v.accept, (int)v.refuse, (int)v.none);
}

Test(ruling, answers_are_counted_at_a_factor)
{
    static const int r[] = {-3, 0, 1, 2, VJP_LEVEL_NONE, VJP_LEVEL_NEVER},
                     p[] = {-5, 0, 1, 2, 3, 4};
    int rule;
    find("torch.testing.assert_close", &rule);
    fill(rule, r, p);
    expect_votes(&rights, rule, 0, 2, 3, 1);
    expect_votes(&rights, rule, 1, 3, 2, 1);
    expect_votes(&defects, rule, 0, 2, 3, 0); /* the sixth does not show */
    expect_votes(&defects, VJP_RULING_OURS, 0, 0, 5, 0);
    expect_votes(&rights, VJP_RULING_OURS, 0, 6, 0, 0);
    struct vjp_ruling_filter some = defects;
    some.low = 2;
    some.high = 8; /* the second and third */
    expect_votes(&some, rule, 0, 1, 1, 0);
    some.at = 16;
    expect_votes(&some, rule, 0, 0, 0, 0);
    some = rights;
    some.dtype = "f64";
    expect_votes(&some, rule, 0, 0, 0, 0);
}

/* KernelBench has five trials: of six answers, five are one vote and the last is another. */
Test(ruling, a_rule_of_several_trials_accepts_all_or_none)
{
    static const int r[] = {-3, -3, -3, -3, 1, -3}, p[] = {-1, -1, -1, -1, -1, -1};
    int rule;
    find("KernelBench 1e-4", &rule);
    fill(rule, r, p);
    expect_votes(&rights, rule, 0, 1, 1, 0);
    expect_votes(&defects, rule, 0, 1, 0, 0);
}

/* Both shares, tried at every factor: 1 of 6 right answers has level 3, 1 of 5 defects level 2. */
Test(ruling, the_best_factor_has_the_least_of_both_shares)
{
    static const int r[] = {-3, -3, -3, -3, -3, 3}, p[] = {2, 5, 5, 5, 5, 5};
    int rule, factor = 99;
    double through = -1, refused = -1;
    find("torch.testing.assert_close", &rule);
    fill(rule, r, p);
    /* 0: 0 % and 16.7 %; at 3: 20 % and 0 %. Of -3 to 1, which are alike, 0. */
    cr_expect(vjp_ruling_best(rulings, 3, &rights, rule, &factor, &through, &refused));
    cr_expect_eq(factor, 0);
    cr_expect_eq(through, 0);
    cr_expect_float_eq(refused, 100.0 / 6, 1e-12);
    rulings[1].why = "left out";
    cr_expect_not(vjp_ruling_best(rulings, 3, &rights, rule, &factor, &through, &refused));
}
