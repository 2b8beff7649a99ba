/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_RUNNING_H
#define VJP_ORACLE_TAPE_RUNNING_H

#include "oracle/tape/landscape.h"

/* The rounding of a value that is given: off by at most the larger of u |v| and least. */
struct vjp_given {
    long double u, least;
};

/* How far the nodes of a tape may be from their values where every operation is rounded: a running error
 * bound (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.3), computed along
 * with the operations and without leaving out terms of higher order. It knows nothing of errors that
 * cancel on their way. */
struct vjp_running {
    long double u;         /* the unit roundoff */
    long double slack;     /* what an operation rounds counts so many times, at least 1 */
    long double ulps;      /* elementary functions are off by at most ulps u |result| */
    long double underflow; /* absolute: what a rounded product or quotient may lose besides */
    long double flushed;   /* the same for an addition */
    long double tiny;      /* the same for an elementary function */

    /* The rounding of what is computed, or a multiple of an operand, and then multiplied in an inner product; zeros
     * for none. */
    struct vjp_given operand;

    /* Nodes with a bit k of mark[v] & marks are given in place of computed: off by as much as given[k]
     * says, the largest for more than one bit. mark may be NULL. */
    const uint8_t *mark;
    uint8_t marks;
    struct vjp_given given[8];
};

/* For every node v of the tape a bound error[v] of |computed - exact|, infinite where nothing is known. A
 * partial derivative that a kink decides is off by as much as it can change where the errors of what is
 * compared reach the margin: whoever takes the other side is right as far as he can know. Without a reach it is
 * 1; without term, exact or margin there are no such nodes, and kinks are as recorded. */
void vjp_running_errors(const struct vjp_tape *tape, const struct vjp_landscape *landscape,
                        const struct vjp_running *running, long double *error);

#endif
