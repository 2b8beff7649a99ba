/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

Test(log, it_is_the_end_of_what_was_written)
{
    char text[64] = "?";
    char few[5];
    const int fd = memfd_create("log", 0);
    cr_assert_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
    cr_assert_eq(write(fd, "one\ntwo\na\0b", 11), 11);
    vjp_log_read(fd, text, sizeof text);
    cr_expect_str_eq(text, "one two a?b");
    vjp_log_read(fd, few, sizeof few);
    cr_expect_str_eq(few, "a?b"); /* the blank before it is trimmed */
    vjp_log_forget(fd);
    vjp_log_read(fd, text, sizeof text);
    cr_expect_str_eq(text, "");
    close(fd);
}
