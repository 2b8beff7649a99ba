/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/github.h"

#include "tests/reports/render/outputs.h"

static struct vjp_summary summary;
static struct vjp_dossier dossier;
static struct vjp_campaigns campaigns;
static struct vjp_annex annex;

static char *tell(void)
{
    const struct vjp_digest digest = {.version = "1",
                                      .title = "t",
                                      .summary = &summary,
                                      .dossier = &dossier,
                                      .campaigns = &campaigns,
                                      .annex = &annex};
    struct capture capture;
    struct vjp_error error = {""};
    capture_begin(&capture);
    cr_assert_eq(vjp_github_tell(&digest, capture.file, &error), VJP_OK, "%s", error.text);
    capture_end(&capture);
    return capture.text;
}

/* One line each, whatever is in it; every group has one before any has two; ten at most. */
Test(github, annotations)
{
    struct vjp_error error;
    for (int g = 0; g < 8; g++) {
        for (int i = 0; i < 3; i++) {
            struct vjp_record record = hostile_record();
            char name[300];
            snprintf(name, sizeof name, "kernel%d: 100%%, %s", g, HOSTILE);
            record.target = name;
            cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
        }
    }
    unsetenv("GITHUB_STEP_SUMMARY");
    char *text = tell();
    int lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    cr_expect_eq(lines, VJP_GITHUB_ANNOTATIONS);
    cr_expect_eq(strncmp(text, "::error title=kernel0%3A 100%25%2C ", 30), 0, "%s", text);
    expect_in(text, " is wrong::because ");
    expect_in(text, "%0Avjpcheck run 'x' ");
    expect_in(text, "\n::error title=kernel7%3A");
    expect_not_in(text, "\n::error::");
    free(text);
    vjp_summary_clear(&summary);
}

Test(github, the_summary_of_the_step_grows)
{
    char path[] = "/tmp/vjpcheck-github-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    cr_assert_eq(setenv("GITHUB_STEP_SUMMARY", path, 1), 0);
    for (int i = 0; i < 2; i++)
        free(tell());
    char *text = read_whole(path);
    const char *first = strstr(text, "# vjpcheck: nothing was tested\n");
    cr_assert_eq(first, text);
    cr_expect_not_null(strstr(first + 1, "# vjpcheck: nothing was tested\n"));
    free(text);
    remove(path);
}
