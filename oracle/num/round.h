/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_NUM_ROUND_H
#define VJP_ORACLE_NUM_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include <mpfr.h>

#include "cases/base/dtype.h"
#include "oracle/num/real.h"

/* Bits of a round-to-odd value: two more than f64's 53 would do for every format and every rounding
 * mode (Boldo and Melquiond, IEEE TC 57, 2008); 64 fill a limb. */
#define VJP_ODD_PRECISION 64

/* Rounds the number behind the enclosure to odd: out, of VJP_ODD_PRECISION bits, is the truncated
 * number, with its last bit set if anything was cut off. True if the enclosure settles it: it is a
 * point, or both ends truncate alike and both cut something off. Otherwise out is any number of the
 * enclosure. r must be finite. */
bool vjp_round_to_odd(mpfr_t out, const struct vjp_real *r);

/* The bits of x rounded once to nearest even in the format, with subnormals and overflow as IEEE
 * 754 has them. x must be finite; where it was rounded to odd, the result is that of the number
 * behind it. A negative number that rounds to zero gives -0. */
uint64_t vjp_round_to_bits(mpfr_srcptr x, enum vjp_dtype dtype);

#endif
