/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_ORACLE_RESULT_H
#define VJP_REPORTS_BENCH_ORACLE_RESULT_H

#include <stdbool.h>

#include "reports/bench/race.h"

/* What is known of the speed of the exact contraction itself, and its memory. */

/* Operands that it was given. */
struct vjp_oracle_operands {
    const char *name;   /* "normal" */
    char line[192];     /* the case */
    const char *change; /* what was made of its operands then: "mirrored", or "" */
    int64_t elements;   /* of dx and dw together */
    int64_t settled[4]; /* how many by each way: enum vjp_settled_by (oracle/exact/settled.h) */
    double least; /* the smallest |g| / S of an element that is no zero: how far sums cancel */
};

enum vjp_goal { VJP_GOAL_AT_MOST, VJP_GOAL_AT_LEAST };

/* A ratio that there is a goal for. AT_MOST: own / other; AT_LEAST: other / own. */
struct vjp_oracle_ratio {
    const char *name;     /* "gemm" */
    const char *operands; /* by name */
    char own[96];         /* what is measured: "exact contraction, 1 thread" */
    char other[96];       /* what it is held against */
    bool measured;
    char reason[256];                /* where it is not, in words */
    const char *unit;                /* of amounts: "s" or "B" */
    double own_amount, other_amount; /* of the whole, medians */
    double share;                    /* the part of the whole that the other computed, at most 1 */
    struct vjp_sample ratio;         /* pair by pair */
    double spread; /* (q3 - q1) / median of the times, the larger of both; 0: it is no time */
    double noise;  /* the same of fixed work meanwhile */
    enum vjp_goal sense;
    double goal; /* NaN: none at this shape */
};

/* Takes what a race of both measured, of which each computed a part of its whole (its share): sets everything from
 * measured to noise. The race's first is what is divided by: other where the sense is AT_MOST, else own. */
void vjp_oracle_ratio_take(struct vjp_oracle_ratio *ratio, const struct vjp_race *race,
                           double own_share, double other_share);

enum vjp_goal_state { VJP_GOAL_NONE, VJP_GOAL_MET, VJP_GOAL_MISSED };

/* By the median; a ratio that is not a number misses. NONE where there is no goal or nothing was measured. */
enum vjp_goal_state vjp_oracle_ratio_state(const struct vjp_oracle_ratio *ratio);

/* Writes what makes a ratio doubtful to text, cut at size: "machine too noisy: ..."; "" where nothing does. The limit
 * is VJP_BENCH_NOISE (result.h). Returns text. */
char *vjp_oracle_ratio_note(const struct vjp_oracle_ratio *ratio, char *text, int size);

#endif
