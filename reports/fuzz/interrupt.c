/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A handler has nothing but globals. */
static volatile sig_atomic_t seen;

static void note(int signal)
{
    seen = signal;
}

/* SA_RESETHAND: the second one does what it would have done. */
void vjp_interrupt_catch(void)
{
    struct sigaction action = {.sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    action.sa_handler = note;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int vjp_interrupt_seen(void)
{
    return seen;
}
