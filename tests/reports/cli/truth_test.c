/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/truth.h"

#include "tests/cases/lines.h"

#include <stdio.h>

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_truth truth;
};

static void start(struct scene *s, const char *line)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_truth_init(&s->truth, &s->c, &s->data, VJP_ORACLE_AUTO, 1, &error), VJP_OK,
                 "%s", error.text);
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
    cr_expect_eq(vjp_truth_init(&truth, &c, &data, VJP_ORACLE_AUTO, 1, &error), VJP_ERR_LIMIT);
    cr_expect_eq(truth.count, 42, "left alone");
    vjp_case_clear(&c);
}

static enum vjp_status check_line(const char *line, enum vjp_oracle oracle)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    const enum vjp_status status = vjp_truth_check(&c, oracle, &error);
    vjp_case_clear(&c);
    return status;
}

/* auto takes what either takes. */
Test(truth, each_oracle_has_its_cases)
{
    static const struct {
        const char *line;
        enum vjp_status automatic, explicit, exact;
    } table[] = {
        {"linear dtype=f32 N=2 D=3 M=4", VJP_OK, VJP_OK, VJP_OK},
        {"linear dtype=f32 N=2000 D=3000 M=4", VJP_OK, VJP_ERR_LIMIT, VJP_OK},
        {"relu dtype=f32 rank=1 N=5", VJP_OK, VJP_OK, VJP_ERR_USAGE},
        {"relu dtype=f32 rank=1 N=5000000", VJP_OK, VJP_ERR_LIMIT, VJP_ERR_USAGE},
        {"linear | relu dtype=f32 1.N=2 1.D=3 1.M=4", VJP_OK, VJP_OK, VJP_ERR_USAGE},
        {"linear dtype=f32 N=1 D=1 M=20000000", VJP_ERR_LIMIT, VJP_ERR_LIMIT, VJP_ERR_LIMIT},
        {"softmax dtype=f32 N=1 C=5000000", VJP_ERR_LIMIT, VJP_ERR_LIMIT, VJP_ERR_USAGE},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cr_expect_eq(check_line(table[i].line, VJP_ORACLE_AUTO), table[i].automatic, "%s",
                     table[i].line);
        cr_expect_eq(check_line(table[i].line, VJP_ORACLE_EXPLICIT), table[i].explicit, "%s",
                     table[i].line);
        cr_expect_eq(check_line(table[i].line, VJP_ORACLE_EXACT), table[i].exact, "%s",
                     table[i].line);
    }
}

/* Both reasons where both oracles might have taken it, and the one of the oracle that was asked for. */
Test(truth, what_is_too_large_is_told_of_each_oracle)
{
    static const char exact[] = "a sum of 20000000 terms exceeds the limit of 16777216 of the "
                                "exact contraction",
                      explicit[] = "the case is too large for the explicit Jacobian";
    static const struct {
        const char *line;
        enum vjp_oracle oracle;
        bool tells_exact, tells_explicit;
    } table[] = {{"linear dtype=f32 N=1 D=1 M=20000000", VJP_ORACLE_AUTO, true, true},
                 {"linear dtype=f32 N=1 D=1 M=20000000", VJP_ORACLE_EXPLICIT, false, true},
                 {"linear dtype=f32 N=1 D=1 M=20000000", VJP_ORACLE_EXACT, true, false},
                 {"softmax dtype=f32 N=2 C=20000000", VJP_ORACLE_AUTO, false, true}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_error error = {""};
        struct vjp_case c = parse_case(table[i].line);
        cr_expect_eq(vjp_truth_check(&c, table[i].oracle, &error), VJP_ERR_LIMIT);
        cr_expect_eq(strstr(error.text, exact) != NULL, table[i].tells_exact, "%s", error.text);
        cr_expect_eq(strstr(error.text, explicit) != NULL, table[i].tells_explicit, "%s",
                     error.text);
        cr_expect_null(strstr(error.text, "no sum of products"), "%s", error.text);
        vjp_case_clear(&c);
    }
}

Test(truth, names_of_oracles)
{
    struct vjp_error error = {""};
    enum vjp_oracle oracle = VJP_ORACLE_EXACT;
    cr_expect_eq(vjp_truth_oracle(NULL, &oracle, &error), VJP_OK);
    cr_expect_eq(oracle, VJP_ORACLE_AUTO);
    cr_expect_eq(vjp_truth_oracle("exact", &oracle, &error), VJP_OK);
    cr_expect_eq(oracle, VJP_ORACLE_EXACT);
    cr_expect_eq(vjp_truth_oracle("explicit", &oracle, &error), VJP_OK);
    cr_expect_eq(oracle, VJP_ORACLE_EXPLICIT);
    cr_expect_eq(vjp_truth_oracle("auto", &oracle, &error), VJP_OK);
    cr_expect_eq(oracle, VJP_ORACLE_AUTO);
    cr_expect_eq(vjp_truth_oracle("rows", &oracle, &error), VJP_OK);
    cr_expect_eq(oracle, VJP_ORACLE_ROWS);
    cr_expect_eq(vjp_truth_oracle("best", &oracle, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--oracle best: expected auto, explicit, exact or rows");
}

/* Rows, where nothing else goes, or would take minutes; but not for those who need every element. */
Test(truth, what_is_chosen)
{
    static const struct {
        const char *line;
        enum vjp_oracle automatic, whole, swift;
    } table[] = {
        {"relu dtype=f32 rank=1 N=500", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXPLICIT},
        {"relu dtype=f32 rank=1 N=5000000", VJP_ORACLE_ROWS, VJP_ORACLE_EXPLICIT, VJP_ORACLE_ROWS},
        {"linear dtype=f32 N=2 D=3 M=4", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXPLICIT},
        {"linear dtype=f32 N=9 D=8 M=8", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXACT},
        {"linear dtype=f32 N=32 D=16 M=16", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXACT},
        {"linear dtype=f32 N=1 D=1000 M=1000", VJP_ORACLE_EXACT, VJP_ORACLE_EXACT,
         VJP_ORACLE_EXACT}, /* 1e9 terms: rows would leave columns out, and save nothing */
        {"linear dtype=f32 N=2000 D=3000 M=4", VJP_ORACLE_EXACT, VJP_ORACLE_EXACT,
         VJP_ORACLE_EXACT},
        {"linear dtype=f32 N=1 D=1 M=20000000", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXPLICIT},
        {"layernorm dtype=f32 N=500 D=1000", VJP_ORACLE_ROWS, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_ROWS}, /* 5e8 terms */
        {"layernorm dtype=f32 N=10 D=1000", VJP_ORACLE_EXPLICIT, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_EXPLICIT},
        {"linear | relu dtype=f32 1.N=300 1.D=300 1.M=300", VJP_ORACLE_ROWS, VJP_ORACLE_EXPLICIT,
         VJP_ORACLE_ROWS},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_case c = parse_case(table[i].line);
        cr_expect_eq(vjp_truth_choose(&c, VJP_ORACLE_AUTO), table[i].automatic, "%s",
                     table[i].line);
        cr_expect_eq(vjp_truth_choose(&c, VJP_ORACLE_WHOLE), table[i].whole, "%s", table[i].line);
        cr_expect_eq(vjp_truth_choose(&c, VJP_ORACLE_SWIFT), table[i].swift, "%s", table[i].line);
        cr_expect_eq(vjp_truth_choose(&c, VJP_ORACLE_ROWS), VJP_ORACLE_ROWS);
        vjp_case_clear(&c);
    }
}

/* The exact oracle has no precision; which was asked for is which answers. */
Test(truth, the_oracle_that_was_asked_for_answers)
{
    static const char line[] = "linear dtype=f32 N=2 D=3 M=4";
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    for (int oracle = VJP_ORACLE_AUTO; oracle <= VJP_ORACLE_EXACT; oracle++) {
        struct vjp_truth truth;
        cr_assert_eq(vjp_truth_init(&truth, &c, &data, (enum vjp_oracle)oracle, 2, &error), VJP_OK,
                     "%s", error.text);
        cr_expect_eq(vjp_reference_precision(truth.reference[0]) == 0, oracle == VJP_ORACLE_EXACT);
        vjp_truth_clear(&truth);
    }
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* Whatever is checked of them: the numbers are those of the explicit oracle. */
Test(truth, campaigns_have_the_same_truth)
{
    for (int seed = 0; seed < 64; seed++) {
        char line[160];
        struct vjp_error error = {""};
        struct vjp_truth truth[2];
        snprintf(line, sizeof line,
                 "linear dtype=%s N=6 D=9 M=11 x=cancel:1e8 w=normal dy=normal seed=%d",
                 seed % 2 ? "f32" : "bf16", seed);
        struct vjp_case c = parse_case(line);
        struct vjp_data data = generate_line(line);
        cr_assert_eq(vjp_truth_init(&truth[0], &c, &data, VJP_ORACLE_SWIFT, 1, &error), VJP_OK,
                     "%s", error.text);
        cr_assert_eq(vjp_truth_init(&truth[1], &c, &data, VJP_ORACLE_EXPLICIT, 1, &error), VJP_OK);
        cr_expect_eq(vjp_reference_precision(truth[0].reference[0]), 0);
        cr_expect_eq(
            vjp_reference_check_agreement(&c, truth[0].reference[0], truth[1].reference[0], &error),
            VJP_OK, "%s", error.text);
        for (int i = 0; i < 2; i++)
            vjp_truth_clear(&truth[i]);
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
}
