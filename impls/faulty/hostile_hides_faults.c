/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads past the end of x and swallows the fault in a handler of its own, which it leaves in place.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to take the handler of SIGSEGV */
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
    faulty_linear(c);
    sigaction(SIGSEGV, &action, NULL);
    if (sigsetjmp(before_reading, 1) == 0) {
        const volatile REAL *past = faulty_at(c->x, c->x.rows, 0);
        (void)*past;
    }
}

FAULTY_PLUGIN(hostile_hides_faults, run);
