/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_LINE_ATTRIBUTE_H
#define VJP_CASES_LINE_ATTRIBUTE_H

#include "cases/spec/spec.h"

/* What reading a word came to. */
enum vjp_reading {
    VJP_READING_DONE = 0,
    VJP_READING_NONSENSE,  /* no whole number, no choice's name, or no finite number */
    VJP_READING_TOO_LARGE, /* a whole number that 64 bits do not hold */
    VJP_READING_OUTSIDE,   /* a number beyond the attribute's limits */
};

/* Reads decimal digits with an optional minus. *out is set where it is DONE. */
VJP_MUST_CHECK enum vjp_reading vjp_whole_read(const char *text, int64_t *out);

/* Reads the value of an attribute: a whole number or a choice's name into *whole, a real into *real. It is
 * set where it is DONE or OUTSIDE. */
VJP_MUST_CHECK enum vjp_reading vjp_attribute_read(const struct vjp_attr_spec *attr,
                                                   const char *text, int64_t *whole, double *real);

#endif
