/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ALARM_H
#define VJP_REPORTS_CLI_ALARM_H

#include "cases/gen/campaign.h"
#include "reports/selftest/score.h"

/* Is told of each verdict, after which *alarms is what has come until then; is_alarm: it is a false one, kept where there is
 * room. */
typedef enum vjp_status (*vjp_alarm_watch)(void *env, const struct vjp_alarms *alarms,
                                           bool is_alarm, struct vjp_error *error);

/* Correct kernels before the pipeline: every failure is a false alarm. */
struct vjp_alarm_plan {
    struct vjp_campaign campaign;
    int64_t wanted; /* conclusive verdicts, all kernels together */
    double end;     /* on the clock */
    int jobs;       /* threads that derive the truth */
    vjp_alarm_watch watch;
    void *env;
};

/* Asks the kernels that ship, and of the peers those of which the cases hold nothing that is known to go wrong
 * (README, "Findings in libraries"); out->note says who was asked, and what was left out and why. */
VJP_MUST_CHECK enum vjp_status vjp_alarm_run(const struct vjp_alarm_plan *plan,
                                             struct vjp_alarms *out, struct vjp_error *error);

#endif
