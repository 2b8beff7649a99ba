/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_CHECKED_H
#define VJP_CASES_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

/* Arithmetic on sizes. Each returns false, and leaves *out alone, where the exact result is not
 * an int64_t. */
VJP_MUST_CHECK static inline bool vjp_checked_mul(int64_t a, int64_t b, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

VJP_MUST_CHECK static inline bool vjp_checked_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

#endif
