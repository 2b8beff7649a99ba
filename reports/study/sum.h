/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_SUM_H
#define VJP_REPORTS_STUDY_SUM_H

#include "cases/base/status.h"

/* A sum of n terms that somebody else computes. */
struct vjp_sum {
    int terms;
    /* Writes to *result what comes of the terms, exactly. What the other side does wrong is a NaN; a status is for
     * what we cannot do. */
    enum vjp_status (*evaluate)(void *context, const double *term, double *result,
                                struct vjp_error *error);
    void *context;
};

#endif
