/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_TIMING_H
#define VJP_REPORTS_CLI_BENCH_TIMING_H

#include "reports/bench/result.h"
#include "reports/cli/account.h"

/* A kernel that takes part on a case. */
struct vjp_entrant {
    struct vjp_target *target;
    int kernel;
    struct vjp_question question; /* the reference is the one of the kernel's conventions */
    struct vjp_finding
        finding; /* of the judge, before anything is timed, or what timed calls showed */
    struct vjp_account account; /* the texts that result points to */
    struct vjp_bench_result result;
    int64_t read, written; /* bytes of tensors, once it was timed */
    bool fell;             /* the finding is what timed calls showed */
    char refusal[256];     /* why it has no number although it is right */
};

void vjp_entrant_clear(struct vjp_entrant *entrant);

/* Whether the judge found it right, and timed calls have shown nothing else since. */
bool vjp_entrant_is_right(const struct vjp_entrant *entrant);

/* Times a kernel that is right for about so many seconds, in turns with the peer where that is not NULL and
 * is right: sets what was measured in entrant->result. The answer that the last call of each block left, into
 * outputs that were poisoned before the block, is held against the one that was judged, and judged itself where it
 * differs: a kernel that crashes, hangs or is wrong after any block, be it the entrant or the peer, has a finding
 * that says so, and no number. */
VJP_MUST_CHECK enum vjp_status vjp_entrant_time(struct vjp_entrant *entrant,
                                                struct vjp_entrant *peer, double seconds,
                                                struct vjp_error *error);

#endif
