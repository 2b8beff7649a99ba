/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_EXAMINE_H
#define VJP_REPORTS_CLI_EXAMINE_H

#include "reports/cli/question.h"
#include "reports/cli/scaling.h"
#include "reports/cli/targets.h"

/* One run of a kernel on a case, judged. */
struct vjp_finding {
    struct vjp_judgement judgement;
    struct vjp_observation seen;
    char rows[160]; /* empty, or: the answers in seen are those of these rows only (rows.h) */
    int64_t age;    /* cases that the process had run before */
    struct vjp_scaling scaling;
};

void vjp_finding_clear(struct vjp_finding *finding);

/* Of a kernel that declares determinism, every so many conclusive answers are asked for again in a
 * fresh process. */
#define VJP_AUDIT_INTERVAL 64

/* Runs a kernel on a case and judges it. A failure is run once more in a fresh process, and so is
 * every VJP_AUDIT_INTERVAL-th success: *out is what both together say. Behind a success come the multiples of dy that
 * the question wants. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_examine(const struct vjp_targets *targets,
                                           struct vjp_target *target, int kernel,
                                           const struct vjp_question *question,
                                           struct vjp_finding *out, struct vjp_error *error);

/* Up to so many times, until the first failure: *out is the last one. */
VJP_MUST_CHECK enum vjp_status
vjp_examine_repeatedly(const struct vjp_targets *targets, struct vjp_target *target, int kernel,
                       int64_t times, const struct vjp_question *question, struct vjp_finding *out,
                       struct vjp_error *error);

/* What a failure means, given what a fresh process answered: *judgement, the first judgement, is
 * changed where the second one says more. Returns whether the second stands in its place.
 * - Both failed: the graver verdict stands, of equals the one from the fresh process; where they
 *   differ the reason tells both.
 * - The fresh process did not fail, the used one had run other cases: state_dependent.
 * - The fresh process did not fail, nor was the first one used: the failure stands, as one that does
 *   not come every time. So does nondeterministic, which two calls in one process have shown. */
bool vjp_examine_settle(struct vjp_judgement *judgement, int64_t age,
                        const struct vjp_judgement *second);

/* Whether two completed runs gave different bits, and where first: a gradient slot and an element.
 * Bits are compared placement by placement. */
bool vjp_examine_differ(const struct vjp_observation *a, const struct vjp_observation *b,
                        const struct vjp_spec *spec, int *slot, int64_t *index);

#endif
