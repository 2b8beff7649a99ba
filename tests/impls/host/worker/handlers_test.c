/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel does not get at what SIGSEGV and SIGBUS do, and at all other signals it does. */
#include "tests/impls/host/plant.h"

#include <signal.h>

#define SKIP                                                                                       \
    "#include <setjmp.h>\nstatic sigjmp_buf back;\n"                                               \
    "static void skip(int s) { siglongjmp(back, s); }\n"

Test(handlers, an_attempt_is_refused_and_told)
{
    static const struct {
        const char *attempt;
        int signal;
        const char *name;
    } cases[] = {
        {"struct sigaction a = {.sa_handler = skip}, old; sigaction(SIGSEGV, 0, &old);"
         "r = sigaction(SIGSEGV, &a, 0);",
         SIGSEGV, "SIGSEGV"},
        {"struct sigaction a = {.sa_handler = skip}; r = sigaction(SIGBUS, &a, 0);", SIGBUS,
         "SIGBUS"},
        {"r = signal(SIGSEGV, SIG_IGN) == SIG_ERR ? -1 : 0;", SIGSEGV, "SIGSEGV"},
        {"r = __sysv_signal(SIGBUS, skip) == SIG_ERR ? -1 : 0;", SIGBUS, "SIGBUS"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bed bed;
        char text[1024];
        char reason[128];
        snprintf(text, sizeof text,
                 SKIP "#include <errno.h>\nstatic void act(void) { int r; answer(); errno = 0; %s"
                      " if (r != -1 || errno != EPERM) abort(); }",
                 cases[i].attempt);
        bed_open(&bed, text);
        bed_run(&bed);
        snprintf(reason, sizeof reason,
                 "the call replaced the handler of %s, and so could hide faults", cases[i].name);
        cr_expect_str_eq(bed.seen.reason, reason);
        cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
        cr_expect_eq(bed.seen.code, cases[i].signal);
        bed_close(&bed);
    }
}

/* Under a handler of its own it would read behind x, 2 x 3 of f32 at the right end of its pages, unseen. */
Test(handlers, a_fault_that_was_to_be_swallowed_is_seen)
{
    struct bed bed;
    bed_open(&bed, SKIP "static void act(void) {"
                        "    struct sigaction a = {.sa_handler = skip}, old; answer();"
                        "    sigaction(SIGSEGV, &a, &old);"
                        "    if (sigsetjmp(back, 1) == 0) sink = F(IN(\"x\"))[4096];"
                        "    sigaction(SIGSEGV, &old, 0); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect(bed.seen.out_of_bounds.found);
    cr_expect_eq(bed.seen.out_of_bounds.slot, BED_X);
    cr_expect_not_null(strstr(bed.seen.reason, "; it had tried to replace the handler of SIGSEGV"),
                       "%s", bed.seen.reason);
    bed_close(&bed);
}

Test(handlers, others_and_questions_are_free)
{
    struct bed bed;
    bed_open(&bed,
             "static volatile int got; static void take(int s) { got = s; }\n"
             "static void act(void) { struct sigaction a = {.sa_handler = take}, old, now;"
             "    answer();"
             "    sigaction(SIGUSR1, &a, &old); raise(SIGUSR1); sigaction(SIGUSR1, &old, 0);"
             "    void *was = signal(SIGUSR2, take); raise(SIGUSR2); signal(SIGUSR2, was);"
             "    if (got != SIGUSR2 || sigaction(SIGSEGV, 0, &now)) abort();"
             "    if (!(now.sa_flags & SA_SIGINFO) || system(\"exit 3\") != 3 << 8) abort(); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}
