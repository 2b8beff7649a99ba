/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/clock.h"

#include <criterion/criterion.h>

Test(clock, does_not_go_back)
{
    double last = vjp_clock_now();
    for (int i = 0; i < 1000; i++) {
        const double now = vjp_clock_now();
        cr_expect_geq(now, last);
        last = now;
    }
}

/* How long it takes is the machine's affair; that the work is done, and grows, is ours. */
Test(clock, a_spin_does_its_steps)
{
    struct vjp_spin brief, long_one;
    vjp_spin_calibrate(&brief, 1e-5);
    vjp_spin_calibrate(&long_one, 2e-2);
    cr_expect_gt(brief.steps, 0);
    cr_expect_gt(long_one.steps, brief.steps);
    /* A step is three multiplications in a chain at most; none takes less than a tenth of a nanosecond. */
    cr_expect_gt(vjp_spin_once(&long_one), 1e-10 * (double)long_one.steps);
}
