/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_VERDICT_H
#define VJP_REPORTS_VERDICT_VERDICT_H

#include <stdbool.h>

#include "cases/spec/case.h"
#include "impls/host/observation.h"
#include "impls/host/plugin_info.h"
#include "oracle/metric/measure.h"
#include "oracle/metric/reference.h"

/* What we conclude about a kernel on a case, from best to worst: a kernel's verdict over many cases
 * is the largest. */
enum vjp_verdict {
    VJP_VERDICT_UNSUPPORTED = 0, /* the kernel said so */
    VJP_VERDICT_VACUOUS,         /* the case could not have told right from wrong */
    VJP_VERDICT_EXACT,           /* bitwise the correctly rounded result, everywhere */
    VJP_VERDICT_PASS,            /* inside the bound of the declared model */
    VJP_VERDICT_INACCURATE,      /* inside the bound of a lower-precision model, which is named */
    VJP_VERDICT_NONDETERMINISTIC,
    VJP_VERDICT_STATE_DEPENDENT,
    VJP_VERDICT_FP_ENVIRONMENT,
    VJP_VERDICT_WRONG, /* no rounding explains it */
    VJP_VERDICT_UNWRITTEN,
    VJP_VERDICT_INPUT_MODIFIED,
    VJP_VERDICT_OUT_OF_BOUNDS,
    VJP_VERDICT_CRASHED,
    VJP_VERDICT_HUNG,
    VJP_VERDICT_COUNT,
};

/* The verdict's word: "exact", "out_of_bounds". Static. */
const char *vjp_verdict_name(enum vjp_verdict verdict);

/* A kernel failed: anything worse than PASS. */
static inline bool vjp_verdict_is_failure(enum vjp_verdict verdict)
{
    return verdict > VJP_VERDICT_PASS;
}

/* Something was compared and found right. */
static inline bool vjp_verdict_is_success(enum vjp_verdict verdict)
{
    return verdict == VJP_VERDICT_EXACT || verdict == VJP_VERDICT_PASS;
}

/* The judgement of one kernel on one case. */
struct vjp_judgement {
    enum vjp_verdict verdict;
    char reason[512]; /* one sentence for the kernel's author: what, where, how far; empty for
                         exact and pass */
    bool measured[VJP_MAX_SLOTS];              /* by gradient slot */
    struct vjp_measure measure[VJP_MAX_SLOTS]; /* of the worse of the two placements */
    int placement[VJP_MAX_SLOTS];              /* which that is: the index in answer[] */
    int worst_slot; /* the gradient with the largest ratio to the bound, or -1 */
};

/* Judges what needs no numbers: outcome, memory, environment, state, as vjp_judge does before it looks at any. Returns
 * whether there was something to say, and else leaves *out as it is. reference NULL: no element may be NaN. */
bool vjp_judge_conduct(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
                       const struct vjp_reference *reference,
                       const struct vjp_observation *observation, struct vjp_judgement *out);

/* Judges one observation. A finding about memory, state or environment comes before any about
 * numbers: numbers that were made by breaking the rules prove nothing. */
void vjp_judge(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
               const struct vjp_reference *reference, const struct vjp_observation *observation,
               struct vjp_judgement *out);

#endif
