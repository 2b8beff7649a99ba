/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_REFERENCE_PARTS_H
#define VJP_ORACLE_METRIC_REFERENCE_PARTS_H

#include "oracle/jacobian/gradient.h"
#include "oracle/metric/reference.h"

/* What a reference is made of: for the files of this folder only. */

struct vjp_reference_gradient {
    bool present;
    struct vjp_gradient derived;
    bool *settled; /* the enclosure rounds one way, or is a set */
    bool *narrow;  /* it does not, but it is so narrow that any bound can be judged by it */
    struct vjp_limbs limbs;    /* of odd */
    __mpfr_struct *odd;        /* finite elements, rounded to odd as far as that is settled */
    struct vjp_tensor rounded; /* the correctly rounded result; of a set, its lower end */
    struct vjp_tensor high;    /* the same; of a set, its upper end */
    struct vjp_tensor old;     /* what the output held before, under accumulate; else data NULL */
};

struct vjp_reference {
    enum vjp_dtype dtype;
    int precision;
    bool judged; /* made to judge answers by, not to be read */
    bool on_kink;
    bool analysed;                                         /* has S and bounds */
    struct vjp_reference_gradient gradient[VJP_MAX_SLOTS]; /* by gradient slot */
    struct vjp_tensor output;                              /* y, correctly rounded */
    struct vjp_tensor saved[VJP_MAX_SAVED];                /* by the spec's saved[] */
};

#endif
