/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_REFERENCE_PARTS_H
#define VJP_ORACLE_METRIC_REFERENCE_PARTS_H

#include "oracle/jacobian/gradient.h"
#include "oracle/metric/reference.h"

/* What a reference is made of: for the files of this folder only. */

struct vjp_reference_gradient {
    bool present;
    struct vjp_gradient derived;
    bool *settled;             /* the enclosure rounds one way */
    struct vjp_limbs limbs;    /* of odd */
    __mpfr_struct *odd;        /* finite and settled elements, rounded to odd */
    struct vjp_tensor rounded; /* the correctly rounded result */
    struct vjp_tensor old;     /* what the output held before, under accumulate; else data NULL */
};

struct vjp_reference {
    enum vjp_dtype dtype;
    int precision;
    struct vjp_reference_gradient gradient[VJP_MAX_SLOTS]; /* by gradient slot */
};

#endif
