/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/status.h"

#include <criterion/criterion.h>
#include <string.h>

Test(status, fail_writes_the_message_and_returns_the_status)
{
    struct vjp_error error;
    memset(&error, 'x', sizeof error);
    cr_expect_eq(vjp_fail(&error, VJP_ERR_LIMIT, "N=%d, %s", 7, "too large"), VJP_ERR_LIMIT);
    cr_expect_str_eq(error.text, "N=7, too large");
}

Test(status, fail_and_prefix_do_without_an_error)
{
    cr_expect_eq(vjp_fail(NULL, VJP_ERR_IO, "%s", "nobody reads this"), VJP_ERR_IO);
    vjp_error_prefix(NULL, "%s", "nor this");
}

/* An error with a guard behind it: what is too long is cut inside, with its NUL. */
struct guarded {
    struct vjp_error error;
    char guard[64];
};

static void guard_init(struct guarded *g)
{
    memset(g, 'g', sizeof *g);
}

static void guard_check(const struct guarded *g)
{
    for (size_t i = 0; i < sizeof g->guard; i++)
        cr_assert_eq(g->guard[i], 'g');
    cr_assert_eq(strnlen(g->error.text, sizeof g->error.text), sizeof g->error.text - 1);
}

Test(status, a_long_message_is_cut)
{
    struct guarded g;
    guard_init(&g);
    vjp_fail(&g.error, VJP_ERR_USAGE, "%s%4000d", "start", 1);
    guard_check(&g);
    cr_expect_eq(strncmp(g.error.text, "start ", 6), 0);
}

Test(status, a_prefix_goes_before_the_message)
{
    struct vjp_error error;
    vjp_fail(&error, VJP_ERR_USAGE, "no dtype");
    vjp_error_prefix(&error, "%s:%d: ", "file.cases", 7);
    cr_expect_str_eq(error.text, "file.cases:7: no dtype");
    vjp_error_prefix(&error, "%s", "");
    cr_expect_str_eq(error.text, "file.cases:7: no dtype");
}

Test(status, a_long_prefix_and_a_long_message_are_cut)
{
    struct guarded g;
    guard_init(&g);
    vjp_fail(&g.error, VJP_ERR_USAGE, "%01015d", 0); /* 1,015 zeros: 8 fewer than fit */
    vjp_error_prefix(&g.error, "0123456789");
    guard_check(&g);
    cr_expect_eq(strncmp(g.error.text, "01234567890000", 14), 0);

    guard_init(&g);
    vjp_fail(&g.error, VJP_ERR_USAGE, "message");
    vjp_error_prefix(&g.error, "%01020d", 0); /* room for 3 characters of the message */
    guard_check(&g);
    cr_expect_str_eq(g.error.text + 1019, "0mes");

    guard_init(&g);
    vjp_fail(&g.error, VJP_ERR_USAGE, "message");
    vjp_error_prefix(&g.error, "%01017d", 0); /* room for the message but not its NUL */
    guard_check(&g);
    cr_expect_str_eq(g.error.text + 1016, "0messag");

    guard_init(&g);
    vjp_fail(&g.error, VJP_ERR_USAGE, "message");
    vjp_error_prefix(&g.error, "%04000d", 0);
    guard_check(&g);
}
