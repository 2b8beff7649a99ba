/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_SELFTEST_RULING_H
#define VJP_REPORTS_SELFTEST_RULING_H

#include <stdbool.h>

#include "reports/selftest/ballot.h"

/* What rules say of answers, for every tolerance that they might have had: a rule's tolerance is taken times 2^n, and what
 * an answer leaves behind is the least n at which it is accepted. */

/* The level of an answer: that n, or one of these. LEAST: accepted at 2^LEAST and, for all that is asked, below. Two rules
 * whose tolerances are 2^80 apart do not mean the same thing. */
enum {
    VJP_LEVEL_NONE = -99, /* the rule has no opinion */
    VJP_LEVEL_LEAST = -40,
    VJP_LEVEL_MOST = 40,
    VJP_LEVEL_NEVER = 99, /* refused at 2^MOST as well: NaN, or an error of another kind */
};

/* By asking the rule, whose opinions are monotone in its tolerance. At level 0 or below it accepts the answer as
 * published. */
int vjp_level_find(const struct vjp_published_rule *rule, const struct vjp_rule_question *question);

/* Of an error in parts of its bound: a bound 2^n times as large holds. 0: LEAST; not finite: NEVER. */
int vjp_level_of_ratio(double ratio);

/* Of two answers that are judged as one: refused once is refused. */
int vjp_level_join(int a, int b);

/* One answer of a kernel. */
struct vjp_ruling_answer {
    bool
        shows; /* of a defect: the answer has other bits than that of the correct kernel; else true */
    double
        size; /* in u S, the largest of its elements: of a defect what it changes, else the error; inf where an
                    element is not finite */
    int ours;                    /* the level for the bound of the declared model */
    int level[VJP_BALLOT_RULES]; /* of the published rules, in their order */
};

/* The answers of one kernel to cases that differ in their seeds. The texts and answers are the caller's. */
struct vjp_ruling {
    const char *key;    /* unique in a study */
    const char *kernel; /* "naive:linear" */
    const char *layer, *dtype, *gradient, *values;
    const char *axis;    /* what is swept: "K" */
    double at;           /* its value; 0: none */
    bool defect;         /* the kernel is a planted defect */
    const char *why;     /* there are no answers, because; NULL: there are */
    bool failed;         /* because the kernel gave none */
    const char *example; /* the first case */
    int count;
    struct vjp_ruling_answer *answer;
};

/* Which answers are counted. */
struct vjp_ruling_filter {
    const char *layer, *dtype;
    bool defect;
    double at;        /* of this size; 0: of all */
    double low, high; /* with low <= size < high; high 0: of all */
};

#define VJP_RULING_OURS (-1) /* in place of a rule's number */

/* Accepted and refused with tolerances times 2^factor. Defects that do not show are no defects and are not counted. A rule of
 * several trials has one vote for so many answers of a kernel, the last of them may be fewer: it accepts if it
 * accepts all, and the defect shows if it does in one. */
struct vjp_votes vjp_ruling_count(const struct vjp_ruling *rulings, int64_t count,
                                  const struct vjp_ruling_filter *filter, int rule, int factor);

/* The share of votes that are wrong, in percent: defects accepted, right answers refused. NaN where there are none. */
double vjp_ruling_wrong(const struct vjp_votes *votes, bool defect);

/* The factor, as an exponent of 2, with which both shares together are least; of several the nearest to 0. filter->defect
 * is not looked at. The shares at it go to *through and *refused. False where there are no votes of either kind. */
bool vjp_ruling_best(const struct vjp_ruling *rulings, int64_t count,
                     const struct vjp_ruling_filter *filter, int rule, int *factor, double *through,
                     double *refused);

#endif
