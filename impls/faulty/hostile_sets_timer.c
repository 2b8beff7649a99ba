/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves a timer running, whose signal ends the process when it comes.
 *
 * Class: 34
 * Verdict: wrong
 * Says: tried to set a timer */
#include <sys/time.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    const struct itimerval later = {.it_value = {.tv_sec = 30}};
    setitimer(ITIMER_REAL, &later, NULL);
}

FAULTY_PLUGIN(hostile_sets_timer, run);
