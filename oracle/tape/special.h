/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_SPECIAL_H
#define VJP_ORACLE_TAPE_SPECIAL_H

#include "oracle/tape/tape.h"

/* What operands that are no numbers make of a node. */
enum vjp_special {
    VJP_SPECIAL_NONE = 0, /* it depends on none of them */
    VJP_SPECIAL_OPEN, /* it depends on one, and what becomes of that is the kernel's choice: which
                             way it computes (inf - inf, or a limit), whether it multiplies by a zero
                             or leaves the product out, which way it compares with NaN */
    VJP_SPECIAL_NAN,  /* NaN, however it is computed: a NaN reaches it by sums, differences,
                             functions, and products and quotients of what is not 0 */
};

/* Sets special[v], of every node v of the tape, in one pass. */
void vjp_special_find(const struct vjp_tape *tape, enum vjp_special *special);

#endif
