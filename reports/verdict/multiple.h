/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_MULTIPLE_H
#define VJP_REPORTS_VERDICT_MULTIPLE_H

#include <stdbool.h>

/* 2^exponent times the cotangent and what a kernel adds to, or minus that; a zeroed struct is the cotangent itself. Where
 * zeros is set nothing underflows, for the cotangent itself neither: a gradient's 0 stays 0. */
struct vjp_multiple {
    int exponent;
    bool negative, zeros;
};

#endif
