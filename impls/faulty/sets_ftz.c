/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves flush-to-zero and denormals-are-zero switched on when it returns.
 *
 * Class: 33
 * Verdict: fp_environment */
#include <fenv.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#else
    fesetround(FE_TOWARDZERO); /* the rounding mode stands for what has no portable name */
#endif
}

FAULTY_PLUGIN(sets_ftz, run);
