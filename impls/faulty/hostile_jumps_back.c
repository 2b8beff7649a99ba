/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Jumps out of run into the frame of an earlier call of supports, which is gone.
 *
 * Verdict: crashed
 * Says: */
#include <setjmp.h>

#include "impls/faulty/faulty.h"

static jmp_buf earlier;
static int calls;

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    calls++;
    if (calls > 1)
        longjmp(earlier, calls);
    if (setjmp(earlier) != 0)
        return;
}

FAULTY_PLUGIN(hostile_jumps_back, run);
