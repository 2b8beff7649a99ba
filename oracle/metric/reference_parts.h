/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_REFERENCE_PARTS_H
#define VJP_ORACLE_METRIC_REFERENCE_PARTS_H

#include "oracle/exact/facts.h"
#include "oracle/exact/solution.h"
#include "oracle/jacobian/gradient.h"
#include "oracle/metric/reference.h"

/* What a reference is made of: for the files of this folder only. */

struct vjp_reference_gradient {
    bool present;
    /* By exact contraction: solution and facts are all there is, besides old. Else the rest. */
    bool contracted;
    struct vjp_solution solution;
    struct vjp_facts facts;
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
    int jobs;    /* threads that measure answers of many elements; 0 as 1 */
    bool judged; /* made to judge answers by, not to be read */
    bool on_kink;
    bool analysed;                                         /* has S and bounds */
    struct vjp_reference_gradient gradient[VJP_MAX_SLOTS]; /* by gradient slot */
    struct vjp_tensor output;                              /* y, correctly rounded */
    struct vjp_tensor saved[VJP_MAX_SAVED];                /* by the spec's saved[] */
};

/* An element with all that its error bound needs: element at of gradient. */
struct vjp_reference_element {
    const struct vjp_gradient *gradient;
    int64_t at;
    uint64_t low, high;      /* the correctly rounded result; of a set, its ends */
    bool settled, narrow;    /* as above */
    double old;              /* what the output held before; 0 without accumulate */
    struct vjp_gradient own; /* what was made for this element alone */
};

/* Of a contraction, the element is made anew (exact_element.h). One that says otherwise than the solution,
 * or for which there is no memory, is not settled. *out is to be cleared. */
void vjp_reference_get(const struct vjp_reference_gradient *g, int64_t i,
                       struct vjp_reference_element *out);
void vjp_reference_element_clear(struct vjp_reference_element *element);

#endif
