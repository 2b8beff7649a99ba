/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_POINT_H
#define VJP_REPORTS_STUDY_POINT_H

#include "reports/study/figures.h"
#include "reports/study/parts.h"

/* What a study is made of. */

/* A point, or in its place a gap: something that was left out. The texts are the caller's. */
struct vjp_study_point {
    const char *study;  /* "growth"; NULL: not told */
    const char *key;    /* unique in a study */
    const char *kernel; /* "naive:linear" */
    const char *layer;
    const char *dtype;      /* of operands */
    const char *accumulate; /* the format that the kernel declares; or "" */
    const char *gradient;   /* "dx" */
    const char *values;     /* the generator of the operands: "positive" */
    const char *axis;       /* what varies: "K", a dimension, "condition" */
    double size;            /* its value; 0: none */
    const char *why;        /* of a gap: the reason; NULL: a point, and what follows is set */
    bool failed;            /* a gap because the kernel gave no answer */

    const char *dim;     /* the dimension that was set; or "" */
    const char *example; /* the first case, as a line */
    int64_t cases;
    int64_t outside; /* elements outside the bound of the declared model */
    double u, u_out; /* units of accumulation and of the dtype */
    struct vjp_figures figures;
    const char *model;      /* study dtype: what explains the error; or "" */
    double ratio;           /* its worst |error| / bound */
    struct vjp_parts parts; /* study dtype: of operands that were rounded; elements 0: of others */
};

#endif
