/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Right in every line; linked with -ffast-math, which adds start-up code that switches on
 * flush-to-zero and denormals-are-zero for the whole process when the library is loaded.
 *
 * Class: 33
 * Verdict: fp_environment */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
}

FAULTY_PLUGIN(fast_math_startup, run);
