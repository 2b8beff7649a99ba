/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PIPELINE_H
#define VJP_REPORTS_CLI_PIPELINE_H

#include "cases/line/list.h"
#include "reports/cli/selection.h"
#include "reports/cli/targets.h"
#include "reports/cli/truth.h"
#include "reports/render/report.h"

/* After so many hung calls the other cases of a kernel are not run: each would cost the watchdog's
 * whole patience, twice. */
#define VJP_HUNG_MAX 3

/* The number of cases that some selected kernel serves, and of pairs of a case and such a kernel. */
void vjp_pipeline_count(const struct vjp_case_list *cases, const struct vjp_targets *targets,
                        int64_t *served, int64_t *checks);

/* The number of pairs of a gap and a selected kernel that it is one of: each becomes a record. */
int64_t vjp_pipeline_count_gaps(const struct vjp_gaps *gaps, const struct vjp_targets *targets);

/* VJP_ERR_LIMIT or VJP_ERR_USAGE, naming the case, where the oracle cannot take on one that some selected kernel
 * serves: known before anything runs. */
VJP_MUST_CHECK enum vjp_status vjp_pipeline_check(const struct vjp_case_list *cases,
                                                  const struct vjp_targets *targets,
                                                  enum vjp_oracle oracle, struct vjp_error *error);

/* Who looks on while cases are asked. */
struct vjp_pipeline_watch {
    /* A case is about to be asked. *go_on false: it is not, nor is any after it. */
    enum vjp_status (*before)(void *env, const struct vjp_case *c, bool *go_on,
                              struct vjp_error *error);
    /* A kernel was asked, or left out; the report has the record. */
    enum vjp_status (*after)(void *env, const struct vjp_case *c, struct vjp_target *target,
                             int kernel, const struct vjp_record *record, struct vjp_error *error);
    void *env;
};

struct vjp_pipeline {
    const struct vjp_case_list *cases;
    struct vjp_targets *targets;
    enum vjp_oracle oracle;
    int jobs;                               /* threads that derive the truth */
    struct vjp_report *report;              /* is given the records, in the order of the cases */
    const struct vjp_pipeline_watch *watch; /* NULL: nobody */
};

/* Asks every selected kernel every case that it serves. One in which a stage gives the next what it does not take is
 * left out, with a record for each of the kernels. The kernels are asked one at a time. */
VJP_MUST_CHECK enum vjp_status vjp_pipeline_run(const struct vjp_pipeline *pipeline,
                                                struct vjp_error *error);

/* Gives the report a record for each gap and selected kernel that it is one of: left out, with the reason. */
VJP_MUST_CHECK enum vjp_status vjp_pipeline_leave_gaps(const struct vjp_gaps *gaps,
                                                       struct vjp_targets *targets,
                                                       struct vjp_report *report,
                                                       struct vjp_error *error);

#endif
