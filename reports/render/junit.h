/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JUNIT_H
#define VJP_REPORTS_RENDER_JUNIT_H

#include "cases/base/text.h"
#include "reports/render/record.h"
#include "reports/render/sink.h"

/* JUnit XML, as CI servers read it: one testsuite per kernel and dtype, one testcase per case, its
 * line being the name. A failure's text has the reason and the command that replays it (some servers
 * ignore properties); unsupported, vacuous and left-out cases are skipped. The counts of a suite
 * stand before its cases, so everything is collected first. A zeroed struct is empty. */
struct vjp_junit {
    struct vjp_junit_suite *suites;
    int n_suites;
};

struct vjp_junit_suite {
    char *target;
    char *dtype;
    struct vjp_totals totals;
    struct vjp_text cases; /* the testcase elements */
};

VJP_MUST_CHECK enum vjp_status
vjp_junit_add(struct vjp_junit *junit, const struct vjp_record *record, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_junit_write(const struct vjp_junit *junit, double seconds,
                                               struct vjp_sink *sink, struct vjp_error *error);
void vjp_junit_clear(struct vjp_junit *junit);

#endif
