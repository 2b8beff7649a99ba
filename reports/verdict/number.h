/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_NUMBER_H
#define VJP_REPORTS_VERDICT_NUMBER_H

#include <stdint.h>

#include "cases/base/dtype.h"

/* Numbers as sentences and tables show them. Each writes to text, cut at size, and returns text. */

/* A value of a format in as many decimal digits as read back as the same value: "12", "0.1",
 * "nan", "-inf". */
char *vjp_number_decimal(enum vjp_dtype dtype, uint64_t bits, char *text, int size);

/* The exact hexadecimal form with the decimal one behind it: "0x1.8p+3 (12)". Whole numbers below
 * 10^9, infinities and NaN are exact in decimal and written once. */
char *vjp_number_exact(enum vjp_dtype dtype, uint64_t bits, char *text, int size);

/* A measure, where two or three digits tell all: "4.1e+06", "inf", "0". */
char *vjp_number_short(double value, char *text, int size);

/* A count: "1,234,567". */
char *vjp_number_count(int64_t count, char *text, int size);

#endif
