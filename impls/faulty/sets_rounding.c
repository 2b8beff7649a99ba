/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the rounding mode at upward when it returns.
 *
 * Class: 33
 * Verdict: fp_environment */
#include <fenv.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    fesetround(FE_UPWARD);
}

FAULTY_PLUGIN(sets_rounding, run);
