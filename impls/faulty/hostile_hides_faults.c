/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads past the end of x, swallows the fault in a handler of its own, and puts the old one back.
 *
 * Class: 35
 * Verdict: out_of_bounds
 * Case: linear dtype=f32 N=4 D=1024 M=1
 * Says: read */
#include <setjmp.h>
#include <signal.h>

#include "impls/faulty/faulty.h"

static sigjmp_buf before_reading;

static void skip(int signal)
{
    siglongjmp(before_reading, signal);
}

static void run(struct faulty_call *c)
{
    struct sigaction action = {.sa_handler = skip};
    struct sigaction old;
    faulty_linear(c);
    sigaction(SIGSEGV, &action, &old);
    if (sigsetjmp(before_reading, 1) == 0) {
        const volatile REAL *past = faulty_at(c->x, c->x.rows, 0);
        (void)*past;
    }
    sigaction(SIGSEGV, &old, NULL);
}

FAULTY_PLUGIN(hostile_hides_faults, run);
