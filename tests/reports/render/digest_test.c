/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/digest.h"

#include "tests/reports/render/annex_scene.h"

static const struct vjp_summary none;

static enum vjp_summary_state state(const struct vjp_annex *annex, int incomplete)
{
    const struct vjp_digest digest = {.summary = &none, .annex = annex, .incomplete = incomplete};
    return vjp_digest_state(&digest);
}

static void expect_words(const struct vjp_annex *annex, int incomplete, const char *words)
{
    const struct vjp_digest digest = {.summary = &none, .annex = annex, .incomplete = incomplete};
    struct vjp_text text = {0};
    vjp_digest_headline(&digest, &text);
    cr_assert_not_null(text.data);
    cr_expect_str_eq(text.data, words);
    vjp_text_clear(&text);
}

Test(digest, what_studies_say_counts)
{
    struct vjp_annex annex = {.open = false};
    cr_expect_eq(state(&annex, 0), VJP_SUMMARY_NOTHING);
    expect_words(&annex, 0, "No check said anything of a kernel: 0 were asked for.");
    annex_add(&annex, COVERAGE_LINE);
    cr_expect_eq(state(&annex, 0), VJP_SUMMARY_NOTHING, "coverage judges nothing");
    expect_words(&annex, 0, "The coverage of 1 source file is shown, which judges nothing.");
    vjp_annex_clear(&annex);
    annex_add(&annex, ORDER_LINE);
    cr_expect_eq(state(&annex, 0), VJP_SUMMARY_SOUND);
    cr_expect_eq(state(&annex, 1), VJP_SUMMARY_INCOMPLETE);
    expect_words(&annex, 1,
                 "1 run did not come to the end. Of 1 gradient, 1 showed in which order they are "
                 "summed, 1 of them bit for bit.");
    vjp_annex_clear(&annex);
    annex_fill(&annex);
    cr_expect_eq(state(&annex, 0), VJP_SUMMARY_FAILED);
    expect_words(
        &annex, 0,
        "Studies have 3 points, with 7 elements outside the bound of their kernel. Of 1 "
        "gradient, 1 showed in which order they are summed, 1 of them bit for bit. The "
        "self-test did not pass. The coverage of 1 source file is shown, which judges nothing.");
    vjp_annex_clear(&annex);
}
