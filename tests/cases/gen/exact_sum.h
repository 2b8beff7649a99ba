/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_GEN_EXACT_SUM_H
#define VJP_TESTS_CASES_GEN_EXACT_SUM_H

/* Whether every partial sum of every gradient of a linear case is representable, in integers. */

#include "tests/cases/lines.h"

#include <math.h>

/* Elements in units of 2^unit; fails the test where one is no integer. */
static inline int64_t in_units(const struct vjp_data *data, int slot, int64_t i, int unit)
{
    const double value = ldexp(element(data, slot, i), -unit);
    cr_assert(value == floor(value) && fabs(value) < 0x1p62, "slot %d element %lld: %a", slot,
              (long long)i, value);
    return (int64_t)value;
}

/* The largest u such that every element of the slot is an integer times 2^u. */
static inline int common_unit(const struct vjp_data *data, int slot, int largest)
{
    int unit = largest;
    for (int64_t i = 0; i < data->slot[slot].count; i++) {
        double value = ldexp(element(data, slot, i), -unit);
        for (; value != floor(value); value *= 2)
            unit--;
    }
    return unit;
}

/* All terms of a sum are multiples of one unit, and so is any partial sum. Its magnitude is at most
 * the sum of theirs: where that is at most 2^p units, every partial sum is representable. Returns
 * the largest such sum over all gradients, in units, and 0 where no gradient has a term. */
static inline int64_t largest_sum(const struct vjp_case *c, const struct vjp_data *data)
{
    const int64_t n_size = c->dim[0], d_size = c->dim[1], m_size = c->dim[2];
    int unit = common_unit(data, DY, 20);
    int64_t largest = 0;
    for (int slot = DX; slot <= DB; slot++) {
        if (data->slot[slot].data)
            unit = common_unit(data, slot, unit);
    }
    for (int64_t n = 0; n < n_size; n++) {
        for (int64_t d = 0; d < d_size; d++) {
            int64_t sum = data->slot[DX].data ? llabs(in_units(data, DX, n * d_size + d, unit)) : 0;
            for (int64_t m = 0; m < m_size; m++)
                sum += llabs(in_units(data, DY, n * m_size + m, unit) *
                             in_units(data, W, d * m_size + m, 0));
            largest = sum > largest ? sum : largest;
        }
    }
    for (int64_t m = 0; m < m_size; m++) {
        for (int64_t d = -1; d < d_size; d++) { /* -1: db, whose factor is 1 */
            const int slot = d < 0 ? DB : DW;
            const int64_t i = d < 0 ? m : d * m_size + m;
            int64_t sum = data->slot[slot].data ? llabs(in_units(data, slot, i, unit)) : 0;
            for (int64_t n = 0; n < n_size; n++)
                sum += llabs(in_units(data, DY, n * m_size + m, unit) *
                             (d < 0 ? 1 : in_units(data, X, n * d_size + d, 0)));
            largest = sum > largest ? sum : largest;
        }
    }
    return largest;
}

#endif
