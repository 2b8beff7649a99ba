/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_SELFTEST_PURSE_H
#define VJP_REPORTS_SELFTEST_PURSE_H

#include <stdint.h>

/* Time that many tasks, one after another, share. */
struct vjp_purse {
    double end;    /* on a clock in seconds: nothing begins after it */
    double most;   /* that one task may take */
    int64_t tasks; /* that have not begun */
};

/* How long the next task may take; 0: there is no time left for it. A task may take several times its even share of
 * what is left, since most take a fraction of it; what none of them used is there for those that follow. */
double vjp_purse_take(struct vjp_purse *purse, double now);

#endif
