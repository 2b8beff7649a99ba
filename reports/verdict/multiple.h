/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_MULTIPLE_H
#define VJP_REPORTS_VERDICT_MULTIPLE_H

#include <stdbool.h>

/* 2^exponent times the cotangent and what a kernel adds to, or minus that; a zeroed struct is the cotangent itself. */
struct vjp_multiple {
    int exponent;
    bool negative;
    bool
        zeros; /* nothing underflows, not for the cotangent itself either: a gradient's 0 stays 0 */
};

#endif
