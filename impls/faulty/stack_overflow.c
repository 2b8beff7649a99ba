/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Recurses without end.
 *
 * Class: 34
 * Verdict: crashed */
#include "impls/faulty/faulty.h"

/* Ends at a negative depth: never, by way of more stack than there is.
 * NOLINTNEXTLINE(misc-no-recursion) */
static REAL descend(const volatile REAL *depth)
{
    volatile REAL frame[1024];
    frame[0] = *depth + 1;
    return *depth < 0 ? *depth : descend(frame) + frame[0];
}

static void run(struct faulty_call *c)
{
    const REAL depth = 0;
    faulty_linear(c);
    if (descend(&depth) < 0)
        *c->dx.at = 0;
}

FAULTY_PLUGIN(stack_overflow, run);
