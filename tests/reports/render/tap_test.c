/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/tap.h"

#include "tests/reports/render/outputs.h"

Test(tap, points_skips_and_diagnostics)
{
    char *text = render(VJP_RENDER_TAP, NULL);
    cr_assert_not_null(text);
    cr_expect_eq(strncmp(text, "TAP version 14\nok 1 - b:k: linear dtype=f32 N=1 D=1 M=1\n", 30),
                 0);
    expect_in(text, "\nnot ok 2 - ./a b.so:</script>");
    expect_in(text, "\n  ---\n  verdict: \"wrong\"\n  reason: \"because ");
    expect_in(text, "\n  replay: \"vjpcheck run 'x' ");
    expect_in(text,
              "\n  ...\nok 3 - b:k: linear dtype=f32 N=1 D=1 M=1 # SKIP unsupported: does not "
              "\\# take <it>\n1..3\n");
    expect_not_in(text, "\n::error");
    free(text);
}

Test(tap, nothing_is_a_plan_that_says_so)
{
    struct vjp_sink sink = {0};
    struct vjp_error error;
    char path[] = "/tmp/vjpcheck-tap-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_tap_begin(&sink, &error), VJP_OK);
    cr_assert_eq(vjp_tap_end(&sink, 0, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    char *text = read_whole(path);
    cr_expect_str_eq(text, "TAP version 14\n1..0 # SKIP nothing was asked\n");
    free(text);
    remove(path);
}
