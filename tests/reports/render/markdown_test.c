/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/markdown.h"

#include "tests/reports/render/outputs.h"

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

Test(markdown, the_verdict_comes_first_and_nothing_breaks_out)
{
    char *text = render(VJP_RENDER_MARKDOWN, NULL);
    cr_assert_not_null(text);
    cr_expect_eq(
        strncmp(text, "# vjpcheck: failed\n\n1 of 2 kernels failed, in 1 of 3 checks.", 60), 0,
        "%s", text);
    expect_in(text, "| b\\:k | linear | f64 | 2 | 1 | 0 | 1 | 0 | 0.75 | 0.5 | exact |\n");
    expect_in(text, "## Failures\n\n### ");
    expect_in(text, "\n        vjpcheck run 'x' </script>"); /* as a block of code */
    expect_in(text, "## What ran where\n");
    expect_in(text, "a CPU \\<x\\>");
    expect_in(text, "'\\`\\|\\&%\\#\\\\ ?\\:\\:error"); /* the end of a hostile name */
    expect_not_in(text, "because <");
    expect_not_in(text, "\n::error");
    /* Two rows of the table, its heading and its rule: no '|' of a name is a cell's end. */
    cr_expect_eq(count_of(text, "\n| "), 3, "%s", text);
    free(text);
}
