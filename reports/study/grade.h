/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_GRADE_H
#define VJP_REPORTS_STUDY_GRADE_H

#include "reports/study/bias.h"
#include "reports/study/fit.h"

/* How a kernel sums, in a word, by how its error grows. The derivation is in grade.c. */
enum vjp_grade {
    VJP_GRADE_UNKNOWN = 0,  /* too few points */
    VJP_GRADE_ROUNDED_ONCE, /* summed in a wider format: nothing but the last rounding is seen */
    VJP_GRADE_PAIRWISE,     /* pairwise-like: in a tree of a height like log K */
    VJP_GRADE_BETWEEN,      /* blocked, or in lanes: nothing says sequential or pairwise */
    VJP_GRADE_SEQUENTIAL,
    VJP_GRADE_BIASED,     /* errors have a sign */
    VJP_GRADE_TRUNCATING, /* they are towards zero */
};
#define VJP_GRADE_COUNT 7

/* Of one kernel, dtype and gradient on data of one kind. */
struct vjp_grade_evidence {
    struct vjp_fit fit; /* of the root mean square of omega against k */
    /* Of the point with the largest k that still says something (VJP_GRADE_KU_MAX): */
    struct vjp_bias up, toward_zero;
    double correct;   /* share of correctly rounded elements */
    double condition; /* the median of 2 S / |g| */
};

/* Points with k u above this are not for grading: partial sums are so much larger than terms that these vanish, and
 * rounding to nearest is biased, too (stagnation, from k u of about 1 on). */
#define VJP_GRADE_KU_MAX 0.125

/* Of elements, a larger share of which is correctly rounded only where they were summed in a wider format. */
#define VJP_GRADE_ROUNDED_ONCE_MIN 0.9

enum vjp_grade vjp_grade_find(const struct vjp_grade_evidence *evidence);

/* "pairwise-like", "sequential": static. */
const char *vjp_grade_name(enum vjp_grade grade);

#endif
