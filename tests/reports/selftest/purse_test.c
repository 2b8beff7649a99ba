/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/purse.h"

#include <criterion/criterion.h>

Test(purse, no_task_takes_more_than_it_may)
{
    struct vjp_purse purse = {.end = 100, .most = 5, .tasks = 2};
    cr_expect_eq(vjp_purse_take(&purse, 0), 5);
    cr_expect_eq(vjp_purse_take(&purse, 97), 3); /* the last: all that is left */
}

Test(purse, a_share_is_of_what_is_left)
{
    struct vjp_purse purse = {.end = 10, .most = 100, .tasks = 100};
    const double first = vjp_purse_take(&purse, 0);
    cr_expect(first > 0.1 && first < 1, "%g", first);
    cr_expect_lt(vjp_purse_take(&purse, 9), first / 5);
    cr_expect_eq(purse.tasks, 98);
}

/* Nobody begins after the end, however many tasks are left; and tasks that took nothing leave theirs. */
Test(purse, when_time_is_over_there_is_none)
{
    struct vjp_purse purse = {.end = 10, .most = 100, .tasks = 3};
    cr_expect_eq(vjp_purse_take(&purse, 10), 0);
    cr_expect_eq(vjp_purse_take(&purse, 11), 0);
    cr_expect_eq(purse.tasks, 1);
    purse.end = 20;
    cr_expect_eq(vjp_purse_take(&purse, 12), 8);
    cr_expect_eq(vjp_purse_take(&purse, 12), 8); /* one more than there were */
}
