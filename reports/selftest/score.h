/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_SELFTEST_SCORE_H
#define VJP_REPORTS_SELFTEST_SCORE_H

#include "reports/selftest/catalogue.h"

/* What came of the plants, counted. */

#define VJP_TRIES_MAX 16

/* One campaign, with a seed of its own, against one plant. */
struct vjp_try {
    bool ran;
    bool caught;              /* with its named verdict, or one that is alike */
    enum vjp_verdict verdict; /* with which */
    int64_t cases;            /* that were asked, the one that caught it with them */
    double seconds;           /* from the start of the process that loads it */
};

/* What was asked of one plant. A zeroed struct has seen nothing; clear it. */
struct vjp_kill {
    const struct vjp_plant *plant; /* the catalogue's */
    int tries;
    struct vjp_try attempt[VJP_TRIES_MAX];
    bool pinned; /* no campaign caught it, the cases that are pinned for it did */
    enum vjp_verdict pinned_verdict;
    bool has_other; /* it also failed otherwise, the first time so: */
    enum vjp_verdict other;
    bool has_size;          /* of the smallest case that was found: */
    int64_t dims, elements; /* the sum of its dimensions; elements of all tensors */
    char *replay; /* the command that shows it; of a plant that was missed, what did not */
};

void vjp_kill_clear(struct vjp_kill *kill);

enum vjp_fate {
    VJP_FATE_NOT_RUN = 0, /* there was no time */
    VJP_FATE_MISSED,      /* it never failed */
    VJP_FATE_OTHER,       /* it failed, but never with its verdict */
    VJP_FATE_PINNED,      /* by its own cases only */
    VJP_FATE_CAUGHT,      /* by a campaign */
    VJP_FATES,
};

/* "not run", "missed", "another verdict", "pinned", "caught". Static. */
const char *vjp_fate_name(enum vjp_fate fate);
enum vjp_fate vjp_kill_fate(const struct vjp_kill *kill);

/* The verdict that stands in the report: that of the first campaign that caught it, or else of the case that did,
 * or else another one; VJP_VERDICT_UNSUPPORTED where there is none. */
enum vjp_verdict vjp_kill_verdict(const struct vjp_kill *kill);

/* Whether a plant that must get the one is caught by the other: the same, or of a pair that says the same of a kernel
 * (score.c). */
bool vjp_verdict_is_alike(enum vjp_verdict named, enum vjp_verdict got);

/* The middle of the campaigns that caught the plant; NaN where none did. */
double vjp_kill_cases(const struct vjp_kill *kill);
double vjp_kill_seconds(const struct vjp_kill *kill);

/* Several plants together. Medians are over plants; NaN where there are none. */
struct vjp_score {
    int plants;
    int fate[VJP_FATES];
    int verdict[VJP_VERDICT_COUNT]; /* of those that were caught, or pinned */
    double cases, seconds;          /* of those that campaigns caught */
    double dims, elements;          /* of those that have a size */
    int quick;                      /* caught in less than 2 s */
    int64_t tries, tries_not_run;
};

#define VJP_SCORE_QUICK 2.0

/* Of the plants of one class, or of all for class 0. VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_score_class(const struct vjp_kill *kills, int count, int number,
                                               struct vjp_score *out, struct vjp_error *error);

/* A correct kernel that failed. */
struct vjp_alarm {
    enum vjp_verdict verdict;
    char *target, *reason, *replay;
};

/* What correct kernels were asked. A zeroed struct is empty; clear it. */
struct vjp_alarms {
    int64_t wanted; /* conclusive verdicts */
    int64_t conclusive;
    int64_t inconclusive; /* besides: unsupported, or vacuous */
    int64_t count;        /* failures */
    int n_kept;           /* of which the first so many are here */
    struct vjp_alarm *kept;
    int n_notes; /* who was asked, and who was not and why */
    char **note;
    double seconds;
};

#define VJP_ALARMS_KEPT 20

VJP_MUST_CHECK enum vjp_status vjp_alarms_add(struct vjp_alarms *alarms, enum vjp_verdict verdict,
                                              const char *target, const char *reason,
                                              const char *replay, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_alarms_note(struct vjp_alarms *alarms, const char *note,
                                               struct vjp_error *error);
void vjp_alarms_clear(struct vjp_alarms *alarms);

/* Whether the harness has shown what it is worth: every plant caught with its verdict, or by its pinned cases, every
 * campaign run, as many conclusive verdicts on correct kernels as were wanted, and none a failure. */
bool vjp_score_is_perfect(const struct vjp_score *all, const struct vjp_alarms *alarms);

#endif
