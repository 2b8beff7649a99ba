/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_LANDSCAPE_H
#define VJP_ORACLE_TAPE_LANDSCAPE_H

#include "oracle/tape/special.h"
#include "oracle/tape/tape.h"

/* What error analysis needs to know of a tape's nodes, however a kernel computes them: sizes, in plain
 * arithmetic, of which two digits matter, and properties. */
struct vjp_landscape {
    /* By node. */
    long double *
        value; /* the number of its enclosure that is farthest from 0; a kink that is open counts as
                           what it can be at most */
    long double
        *peak; /* the largest number that is met on the way to it, sums of |terms| among them */
    long double *
        swallowed; /* the largest of these that goes into an operation which makes a finite number of an
                           infinity, as 1 / infinity is 0: behind any other one infinities and NaN remain */
    long double *reach; /* what underflow in it may be multiplied by (factors.h) */
    bool *term;         /* a term of a sum, of one term perhaps */
    bool *
        exact; /* no kernel that computes it from its operands by sums and products rounds on the way. Of a
                    gradient this says nothing: kernels multiply out what a formula factors (a product with
                    1 / s before a sum that would be 0 without it) */
    enum vjp_special *special; /* what operands that are no numbers make of it */

    /* By kink (vjp_tape_kinks): the distance of what is compared. */
    long double *margin;
};

/* For the tape as it is. False when memory ends; *out may be cleared in any case. */
VJP_MUST_CHECK bool vjp_landscape_init(const struct vjp_tape *tape, struct vjp_landscape *out);
void vjp_landscape_clear(struct vjp_landscape *landscape);

#endif
