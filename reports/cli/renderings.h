/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_RENDERINGS_H
#define VJP_REPORTS_CLI_RENDERINGS_H

/* The options of commands that judge kernels for what is written besides the summary: rows of a table of vjp_option. */
#define VJP_OPTION_JSON                                                                            \
    {                                                                                              \
        "json", "FILE", "write every verdict as a line of JSON; \"-\": standard output"            \
    }
#define VJP_OPTION_JUNIT                                                                           \
    {                                                                                              \
        "junit", "FILE", "write JUnit XML; \"-\": standard output"                                 \
    }
#define VJP_OPTION_HTML                                                                            \
    {                                                                                              \
        "html", "FILE", "write one page of HTML"                                                   \
    }
#define VJP_OPTION_SARIF                                                                           \
    {                                                                                              \
        "sarif", "FILE", "write SARIF 2.1.0"                                                       \
    }
#define VJP_OPTION_TAP                                                                             \
    {                                                                                              \
        "tap", "FILE", "write TAP 14"                                                              \
    }
#define VJP_OPTION_MARKDOWN                                                                        \
    {                                                                                              \
        "markdown", "FILE", "write Markdown"                                                       \
    }
#define VJP_OPTION_GITHUB                                                                          \
    {                                                                                              \
        "github", NULL, "print annotations, and add to $GITHUB_STEP_SUMMARY"                       \
    }

#endif
