/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/pattern.h"

#include "tests/reports/scene.h"

#include <string.h>

/* The pattern of a wrong dw, whose truth is 2 2 2 / 3 3 3. */
static struct vjp_pattern find(const double dw[6])
{
    struct scene s;
    struct vjp_pattern pattern;
    scene_set_small(&s);
    scene_answer(&s, 0, DW, dw);
    vjp_pattern_find(&s.c, s.reference, DW, &s.kernel.model[VJP_F32], &s.seen.answer[0][DW],
                     &pattern);
    scene_clear(&s);
    return pattern;
}

static void expect_text(const struct vjp_pattern *pattern, const char *expected)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {2, 3}};
    char text[128];
    cr_expect_eq(vjp_pattern_text(pattern, &shape, "dw", text, sizeof text), text);
    cr_expect_str_eq(text, expected);
}

Test(pattern, none_where_everything_is_right)
{
    const struct vjp_pattern pattern = find(small_dw);
    cr_expect_eq(pattern.outside, 0);
    cr_expect_not(pattern.proportional);
}

Test(pattern, a_box_holds_what_is_outside)
{
    const double dw[] = {2, 2, 2.5, 3, 2, 3};
    const struct vjp_pattern pattern = find(dw);
    cr_expect_eq(pattern.outside, 2);
    cr_expect(pattern.low[0] == 0 && pattern.high[0] == 1);
    cr_expect(pattern.low[1] == 1 && pattern.high[1] == 2);
    cr_expect_not(pattern.proportional);
    expect_text(&pattern, "2 of 6 elements are outside the bound, all within dw[0:2,1:3]");
}

Test(pattern, a_common_factor_is_told)
{
    const double negated[] = {-2, -2, -2, -3, -3, -3};
    const double doubled[] = {2, 2, 4, 3, 3, 6};
    const double zeros[] = {0, 0, 0, 0, 0, 0};
    struct vjp_pattern pattern = find(negated);
    cr_expect(pattern.proportional && pattern.factor == -1);
    expect_text(&pattern, "all 6 elements are outside the bound; each has the opposite sign");
    pattern = find(doubled);
    cr_expect(pattern.proportional && pattern.factor == 2);
    expect_text(&pattern, "2 of 6 elements are outside the bound, all within dw[0:2,2:3]; each is "
                          "2 times the exact result");
    pattern = find(zeros);
    cr_expect(pattern.proportional && pattern.factor == 0);
    expect_text(&pattern, "all 6 elements are outside the bound; each is 0");
}

/* One element is a multiple of anything, NaN of nothing, and 1.001 is an error and no factor. */
Test(pattern, a_factor_is_not_made_up)
{
    const double one[] = {2, 2, 2, 3, 3, 6};
    const double nan[] = {NAN, NAN, 2, 3, 3, 3};
    const double infinite[] = {INFINITY, INFINITY, 2, 3, 3, 3};
    const double near[] = {2.002, 2.002, 2.002, 3.003, 3.003, 3.003};
    const double mixed[] = {4, 4, 4, 6, 6, 9};
    const double *const cases[] = {one, nan, infinite, near, mixed};
    static const int outside[] = {1, 2, 2, 6, 6};
    for (int i = 0; i < 5; i++) {
        const struct vjp_pattern pattern = find(cases[i]);
        cr_expect_eq(pattern.outside, outside[i], "%d: %d", i, (int)pattern.outside);
        cr_expect_not(pattern.proportional, "%d", i);
    }
}

Test(pattern, one_element_has_its_words_and_the_text_is_cut)
{
    const struct vjp_shape one = {.rank = 1, .dim = {1}};
    const struct vjp_pattern pattern = {.outside = 1};
    char text[12];
    expect_text(&pattern, "1 of 6 elements is outside the bound");
    text[11] = '#';
    cr_expect_str_eq(vjp_pattern_text(&pattern, &one, "db", text, 11), "1 of 1 ele");
    cr_expect_eq(text[11], '#');
}
