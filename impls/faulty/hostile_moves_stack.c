/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the signals of its caller's thread another stack, which is gone when it returns.
 *
 * Class: 35
 * Verdict: wrong
 * Says: left another stack for the signals of its thread */
#include <signal.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    char space[1 << 15];
    const stack_t stack = {.ss_sp = space, .ss_size = sizeof space};
    sigaltstack(&stack, NULL);
}

FAULTY_PLUGIN(hostile_moves_stack, run);
