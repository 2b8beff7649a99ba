/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/annex_markdown.h"

#include "tests/reports/render/annex_scene.h"

static void expect(const char *text, const char *part)
{
    cr_expect_not_null(strstr(text, part), "no %s in %s", part, text);
}

Test(annex_markdown, a_table_for_each_kind_and_no_name_breaks_out)
{
    struct vjp_annex annex = {.open = false};
    struct vjp_text text = {0};
    struct vjp_error error = {""};
    annex_fill(&annex);
    cr_assert_eq(vjp_annex_markdown(&annex, &text, &error), VJP_OK, "%s", error.text);
    expect(text.data, "\n## Study: growth\n");
    /* 32 terms, sqrt(32) u and twice that at most, of k u = 32 u: 2 / sqrt(32). */
    expect(text.data,
           "| one\\:\\<k\\> | linear | f32 | dx | positive | 32 | 1 | - | inf | 0.354 | ");
    expect(text.data, "| two\\:k | linear | f32 | dx | positive | 64 |");
    expect(text.data, " | outside the bound |\n");
    expect(text.data, "| a\\<b\\>\\:k | dx | linear dtype=f32 N=1 D=2 M=4 threads=2 x=normal | "
                      "pairwise | certified \\| all | \n");
    expect(text.data, "did not pass: 2 of 4 plants caught; 1 false alarm in 1500 verdicts");
    expect(text.data, "\n- three: missed, must be wrong\n- four: another verdict, must be hung\n");
    expect(text.data, " | 5 | 1234 | 2 | 8 | 90 | 1 |\n");
    expect(text.data, "| k\\<1\\>.c | 1 of 2 | 1 of 2 |\n");
    vjp_text_clear(&text);
    vjp_annex_clear(&annex);
    cr_assert_eq(vjp_annex_markdown(&annex, &text, &error), VJP_OK);
    cr_expect_eq(text.length, 0, "of nothing, nothing");
    vjp_text_clear(&text);
}
