/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_SIMULATE_H
#define VJP_TESTS_ORACLE_METRIC_SIMULATE_H

#include "tests/oracle/metric/unit.h"
#include "tests/oracle/metric/witness.h"

/* Elements of the linear layer in the arithmetic of unit.h. */

/* The element as the kernel leaves it in memory: rounded to the dtype where that is narrower, once,
 * or before and after the old value is added. */
static inline double unit_store(const struct unit *u, struct sum *s, const struct unit *output,
                                int style)
{
    const bool twice = s->has_old && output->p < u->p && next_random(u->state) % 2;
    if (!twice)
        return unit_round(output, unit_sum(u, s, style));
    s->has_old = false;
    const double first = unit_round(output, unit_sum(u, s, style));
    s->has_old = true;
    return unit_round(output, unit_add(u, first, s->old));
}

static inline struct sum sum_of(const struct fixture *f, int slot, int64_t e)
{
    struct sum s = {.has_old = f->c.accumulate, .old = f->c.accumulate ? value_of(f, slot, e) : 0};
    while (witness_term(f, slot, e, s.n, &s.a[s.n], &s.b[s.n]))
        s.n++;
    return s;
}

#endif
