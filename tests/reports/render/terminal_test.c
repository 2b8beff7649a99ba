/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/terminal.h"

#include "tests/reports/render/fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* A pair of a terminal and the side that a program writes to. */
static FILE *open_terminal(int *master)
{
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert_geq(*master, 0);
    cr_assert_eq(grantpt(*master), 0);
    cr_assert_eq(unlockpt(*master), 0);
    FILE *file = fopen(ptsname(*master), "w");
    cr_assert_not_null(file);
    return file;
}

/* Reads until wanted bytes have come, or nothing more comes for a second: a terminal hands on what is
 * written to it when it likes. */
static void read_terminal(int master, char *text, size_t wanted, size_t size)
{
    struct pollfd fd = {.fd = master, .events = POLLIN};
    size_t length = 0;
    while (length < wanted && poll(&fd, 1, 1000) > 0) {
        const ssize_t got = read(master, text + length, size - 1 - length);
        cr_assert_gt(got, 0);
        length += (size_t)got;
    }
    text[length] = '\0';
}

Test(terminal, colour_is_for_terminals_without_NO_COLOR)
{
    int master;
    FILE *file = open_terminal(&master);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    cr_expect(vjp_terminal_has_colour(file));
    setenv("NO_COLOR", "1", 1);
    cr_expect_not(vjp_terminal_has_colour(file));
    cr_expect(vjp_terminal_is_capable(file));
    setenv("NO_COLOR", "", 1);
    cr_expect(vjp_terminal_has_colour(file));
    setenv("TERM", "dumb", 1);
    cr_expect_not(vjp_terminal_has_colour(file));
    unsetenv("TERM");
    cr_expect_not(vjp_terminal_is_capable(file));
    setenv("TERM", "xterm", 1);
    fclose(file);
    close(master);
    FILE *log = tmpfile();
    cr_expect_not(vjp_terminal_has_colour(log));
    fclose(log);
}

Test(terminal, progress_is_one_line_that_goes_away)
{
    int master;
    char text[256] = "";
    struct vjp_progress progress;
    setenv("TERM", "xterm", 1);
    FILE *file = open_terminal(&master);
    vjp_progress_init(&progress, file);
    vjp_progress_show(&progress, 1.00, 1, 9, 0);
    vjp_progress_show(&progress, 1.05, 2, 9, 0); /* too soon */
    vjp_progress_show(&progress, 1.20, 3, 9, 1);
    vjp_progress_say(&progress, 1.25, "too soon");
    vjp_progress_say(&progress, 1.31, "nearly there");
    vjp_progress_erase(&progress);
    vjp_progress_erase(&progress);
    static const char expected[] = "\r\033[K1 of 9 checks, 0 failed\r\033[K3 of 9 checks, 1 failed"
                                   "\r\033[Knearly there\r\033[K";
    read_terminal(master, text, sizeof expected - 1, sizeof text);
    cr_expect_str_eq(text, expected);
    fclose(file);
    close(master);
}

Test(terminal, a_log_has_no_progress)
{
    struct vjp_progress progress;
    FILE *log = tmpfile();
    vjp_progress_init(&progress, log);
    vjp_progress_show(&progress, 1, 1, 9, 0);
    vjp_progress_say(&progress, 2, "hello");
    vjp_progress_erase(&progress);
    cr_expect_eq(ftell(log), 0);
    fclose(log);
}
