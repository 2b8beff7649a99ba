/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_JURY_H
#define VJP_REPORTS_CLI_JURY_H

#include "cases/gen/campaign.h"
#include "reports/cli/examine.h"
#include "reports/selftest/ballot.h"

/* Other people's rules (reports/rules), asked about answers that were judged here. */

/* Asks every rule about an answer to the question, at either end of its pages: a rule accepts a kernel that it accepts
 * in every gradient of both, and for a rule of several trials in those of the same case with other seeds as well, which
 * the target's kernel is asked for. Where every side of a kink is right, the side that the answer took is what a rule
 * is given; of what the oracle does not know it has no opinion. Numerical differences are taken of small cases only.
 * VJP_OPINION_NONE of all where the call gave no answer. */
VJP_MUST_CHECK enum vjp_status vjp_jury_ask(struct vjp_target *target, int kernel,
                                            const struct vjp_question *question,
                                            const struct vjp_observation *seen,
                                            enum vjp_opinion out[VJP_BALLOT_RULES],
                                            struct vjp_error *error);

/* Asks about the failure that caught a plant. */
VJP_MUST_CHECK enum vjp_status vjp_jury_defect(struct vjp_ballot *ballot, struct vjp_target *target,
                                               int kernel, const struct vjp_question *question,
                                               const struct vjp_finding *finding,
                                               struct vjp_error *error);

/* Asks about so many right answers, of the kernels "naive" to cases of the campaign, or until the time on the clock. */
VJP_MUST_CHECK enum vjp_status vjp_jury_correct(struct vjp_ballot *ballot,
                                                const struct vjp_campaign *campaign,
                                                int64_t answers, double end,
                                                struct vjp_error *error);

#endif
