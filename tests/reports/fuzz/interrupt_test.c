/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a process ends that catches, and is sent the signal so often. */
static int end_of(int signal, int times)
{
    const pid_t child = fork();
    if (child == 0) {
        vjp_interrupt_catch();
        if (vjp_interrupt_seen() != 0)
            _exit(1);
        for (int i = 0; i < times; i++)
            raise(signal);
        _exit(vjp_interrupt_seen() == signal ? 7 : 2);
    }
    int how = 0;
    cr_assert_eq(waitpid(child, &how, 0), child);
    return how;
}

Test(interrupt, the_first_is_noted_and_the_second_ends)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        int how = end_of(signals[i], 1);
        cr_expect(WIFEXITED(how) && WEXITSTATUS(how) == 7);
        how = end_of(signals[i], 2);
        cr_expect(WIFSIGNALED(how) && WTERMSIG(how) == signals[i]);
    }
}
