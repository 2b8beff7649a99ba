/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_SELFTEST_BALLOT_H
#define VJP_REPORTS_SELFTEST_BALLOT_H

#include <stdint.h>

#include "reports/rules/rules.h"

/* What other people's rules say of answers that were judged here. */

#define VJP_BALLOT_RULES 16

struct vjp_votes {
    int64_t accept, refuse, none; /* none: the rule has no opinion */
};

struct vjp_ballot {
    struct vjp_votes defects[VJP_BALLOT_RULES]; /* by rule, on answers of plants that were caught */
    struct vjp_votes correct[VJP_BALLOT_RULES]; /* on answers that are right */
    int64_t silent; /* plants that were caught by a call that ended without an answer */
};

static inline void vjp_votes_add(struct vjp_votes *votes, enum vjp_opinion opinion)
{
    votes->accept += opinion == VJP_OPINION_ACCEPT;
    votes->refuse += opinion == VJP_OPINION_REFUSE;
    votes->none += opinion == VJP_OPINION_NONE;
}

#endif
