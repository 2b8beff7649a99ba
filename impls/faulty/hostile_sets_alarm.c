/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sets an alarm, with a handler, against its own endless loops, and leaves both when it returns.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to take the handler of SIGALRM */
#include <signal.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void give_up(int number)
{
    (void)number;
    _exit(3);
}

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    signal(SIGALRM, give_up);
    alarm(30);
}

FAULTY_PLUGIN(hostile_sets_alarm, run);
