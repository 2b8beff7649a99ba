/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Clips dy to 2^40 on either side, as training loops do to survive an overflow: right for all numbers that gradients
 * usually have.
 *
 * Class: 37
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

#define LIMIT ((REAL)0x1p40)

static REAL clip_term(REAL sum, REAL a, REAL b)
{
    REAL term = a * b;
    if (term > LIMIT)
        term = LIMIT;
    if (term < -LIMIT)
        term = -LIMIT;
    return sum + term;
}

static void run(struct faulty_call *c)
{
    c->add_term = clip_term;
    faulty_linear(c);
}

FAULTY_PLUGIN(clips_cotangents, run);
