/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves division by zero and invalid operations trapping: what was infinite or NaN ends the process.
 *
 * Class: 33
 * Verdict: fp_environment
 * Says: left floating-point exceptions unmasked */
#include <fenv.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    feenableexcept(FE_DIVBYZERO | FE_INVALID);
}

FAULTY_PLUGIN(hostile_traps_exceptions, run);
