/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_NUM_LIMBS_H
#define VJP_ORACLE_NUM_LIMBS_H

#include <stdbool.h>

#include <mpfr.h>

/* Memory for the significands of many numbers that end together: MPFR's custom interface. A number
 * made here is never cleared and its precision never changed. A zeroed struct is empty. */
struct vjp_limbs {
    struct vjp_limb_block *last;
    size_t used;
    size_t capacity;
};

/* Makes x a zero of that precision; false when memory ends. */
bool vjp_limbs_init_number(struct vjp_limbs *limbs, mpfr_ptr x, mpfr_prec_t precision);

/* Ends every number that was made here. */
void vjp_limbs_clear(struct vjp_limbs *limbs);

#endif
