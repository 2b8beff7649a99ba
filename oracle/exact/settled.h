/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_SETTLED_H
#define VJP_ORACLE_EXACT_SETTLED_H

/* How an element of an exact contraction was settled. */
enum vjp_settled_by {
    VJP_SETTLED_FILTER = 0,  /* both ends of the fast product's interval round alike */
    VJP_SETTLED_PRODUCT,     /* the fast product is exact as it stands, in any order */
    VJP_SETTLED_ACCUMULATOR, /* by adding every product exactly */
    VJP_SETTLED_SPECIAL,     /* some operand is no number: IEEE 754 leaves no choice */
};
#define VJP_SETTLED_COUNT 4

#endif
