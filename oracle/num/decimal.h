/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_NUM_DECIMAL_H
#define VJP_ORACLE_NUM_DECIMAL_H

#include "oracle/num/real.h"

/* Writes a finite number, which is no set, to text, cut at size, and returns text. As many significant
 * digits as are known of it and at most digits, cut off, with "..." where others follow:
 * "0.36787944117144232...". Where the enclosure is so narrow that its ends have no digits in common all
 * the same (0, or 2 between 1.99... and 2.00...), the number in its middle and how far it is from there
 * at most: "0 +- 1.2e-80", "2 +- 1.1e-77". */
char *vjp_decimal_text(const struct vjp_real *value, int digits, char *text, int size);

#endif
