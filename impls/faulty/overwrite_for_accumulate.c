/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Overwrites its outputs where it should add to them.
 *
 * Class: 8
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    c->accumulate = 0;
    faulty_linear(c);
}

FAULTY_PLUGIN(overwrite_for_accumulate, run);
