/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/purse.h"

#include <math.h>

/* The typical plant is found in a tenth of the time that the average one takes, where some are never found: if one in
 * SHARES took all that it may, the time would still do. */
#define SHARES 8

double vjp_purse_take(struct vjp_purse *purse, double now)
{
    const double left = purse->end - now;
    const int64_t tasks = purse->tasks > 0 ? purse->tasks-- : 1;
    if (!(left > 0))
        return 0;
    return fmin(purse->most, fmin(left, SHARES * left / (double)tasks));
}
