/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call: how it ended, and what is said of that. */
#include "tests/impls/host/plant.h"

#include <signal.h>

struct end_case {
    const char *act;
    enum vjp_outcome outcome;
    int code;
    const char *reason;
};

static void expect_end(const struct end_case *t)
{
    struct bed bed;
    bed_open_with(&bed, t->act, "", (struct vjp_worker_options){.call_seconds = 5});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, t->outcome, "%s: %d", t->act, bed.seen.outcome);
    cr_expect_eq(bed.seen.code, t->code, "%s: %d", t->act, bed.seen.code);
    cr_expect_str_eq(bed.seen.reason, t->reason, "%s: %s", t->act, bed.seen.reason);
    cr_expect_not(bed.seen.out_of_bounds.found);
    cr_expect_null(bed.seen.answer[0][BED_DX].data);
    cr_expect_eq(vjp_worker_age(bed.worker), 0);
    bed_close(&bed);
}

Test(call, signals_are_named)
{
    static const struct end_case cases[] = {
        {"abort();", VJP_CRASHED, SIGABRT, "SIGABRT in run"},
        {"volatile int zero = 0; sink = 7 / zero;", VJP_CRASHED, SIGFPE, "SIGFPE in run"},
        {"__builtin_trap();", VJP_CRASHED, SIGILL, "SIGILL in run"},
        {"*(volatile int *)64 = 1;", VJP_CRASHED, SIGSEGV, "SIGSEGV in run: wrote address 0x40"},
        {"kill(getpid(), SIGKILL);", VJP_CRASHED, SIGKILL,
         "SIGKILL in run, by itself or by the system, which ends processes where memory runs out"},
        {"raise(SIGTERM);", VJP_CRASHED, SIGTERM, "SIGTERM in run"},
        {"raise(40);", VJP_CRASHED, 40, "signal 40 in run"},
        {"_mm_store_ps(F(OUT(\"dx\")) + 1, _mm_setzero_ps());", VJP_CRASHED, SIGSEGV,
         "SIGSEGV in run: no address is known; an aligned vector access to an address that is not "
         "aligned, or a pointer that is none"},
        {"static const char *ask(void) { abort(); }\nstatic void act(void) {}", VJP_CRASHED,
         SIGABRT, "SIGABRT in supports"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_end(&cases[i]);
}

Test(call, an_exit_inside_a_call_is_no_completion)
{
    static const struct end_case cases[] = {
        {"answer(); exit(0);", VJP_EXITED, 0, "the process ended with exit status 0 in run"},
        {"answer(); _exit(3);", VJP_EXITED, 3, "the process ended with exit status 3 in run"},
        {"static int n; answer(); if (n++ == 2) exit(0);", VJP_EXITED, 0,
         "the process ended with exit status 0 in run"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_end(&cases[i]);
}

/* Whatever the signal: the process goes on, and so does the call, or it is ended and that is told. */
Test(call, every_signal_is_survived)
{
    struct bed bed;
    bed_open_with(&bed,
                  "static int n; answer(); if (IN(\"x\")->shape[0] > 0)"
                  "    syscall(SYS_tgkill, getpid(), getpid(), (int)IN(\"x\")->shape[0]);",
                  "-include sys/syscall.h", (struct vjp_worker_options){.call_seconds = 0.2});
    for (int signal = 1; signal <= 64; signal++) {
        bed.c.dim[0] = signal;
        bed_run(&bed);
        /* libc, which uses 32 and 33 itself, has whom it spawns ignore them. */
        const bool passes = signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
                            signal == SIGWINCH || signal == SIGXFSZ || signal == 32 || signal == 33;
        const bool stops =
            signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
        /* The system lets nobody but its terminal stop the processes of a session that has none. */
        const bool orphaned = stops && signal != SIGSTOP;
        if (passes || (orphaned && bed.seen.outcome == VJP_COMPLETED))
            bed_expect_right(&bed);
        else
            cr_expect_eq(bed.seen.outcome, stops ? VJP_HUNG : VJP_CRASHED, "%d: %s", signal,
                         bed.seen.reason);
        if (bed.seen.outcome == VJP_CRASHED)
            cr_expect_eq(bed.seen.code, signal);
    }
    bed.c.dim[0] = 0;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* Without a filter. Under a handler of its own a kernel could read behind a tensor and go on. */
Test(call, a_replaced_handler_is_seen)
{
    struct bed bed;
    setenv("VJPCHECK_FILTER", "0", 1);
    bed_open(&bed, "answer(); signal(SIGSEGV, SIG_IGN);");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect_str_eq(bed.seen.reason,
                     "the call replaced the handler of SIGSEGV, and so could hide faults");
    bed_close(&bed);
}

/* The thread waits until the call is over, then ends the process with an exit status. */
Test(call, an_end_between_two_calls_is_laid_to_the_next)
{
    struct bed bed;
    bed_open(&bed, "static void *late(void *p) { usleep(20000); _exit(9); return p; }\n"
                   "static void act(void) { static int n; pthread_t t; answer();"
                   "    if (n++ == 2) pthread_create(&t, 0, late, 0); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    usleep(200000);
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_EXITED);
    cr_expect_eq(bed.seen.code, 9);
    cr_expect_str_eq(bed.seen.reason, "the process ended with exit status 9 between two calls");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    bed_close(&bed);
}

/* The stage is told: supports is foreign code, too. */
Test(call, an_end_in_supports_is_told_from_one_in_run)
{
    static const struct end_case cases[] = {
        {"static const char *ask(void) { _exit(5); }\nstatic void act(void) {}", VJP_EXITED, 5,
         "the process ended with exit status 5 in supports"},
        {"static const char *ask(void) { raise(SIGTERM); return 0; }\nstatic void act(void) {}",
         VJP_CRASHED, SIGTERM, "SIGTERM in supports"},
    };
    struct bed bed;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_end(&cases[i]);
    bed_open_with(&bed,
                  "static const char *ask(void) { for (;;) pause(); }\nstatic void act(void) {}",
                  "", (struct vjp_worker_options){.call_seconds = 0.2});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    cr_expect_str_eq(bed.seen.reason, "no answer after 0.2 s in supports");
    bed_close(&bed);
}

/* Of two changes the earlier one is told, with who made it. */
Test(call, a_changed_environment_is_laid_to_who_changed_it)
{
    struct bed bed;
    bed_open(&bed, "static const char *ask(void) { _mm_setcsr(_mm_getcsr() | 0x8000); return 0; }\n"
                   "static void act(void) { answer(); fesetround(FE_UPWARD); }");
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.fp_environment, "supports left flush-to-zero", 27), 0, "%s",
                 bed.seen.fp_environment);
    bed_close(&bed);
    bed_open(&bed, "answer(); fesetround(FE_UPWARD);");
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.fp_environment, "the call left the rounding", 26), 0, "%s",
                 bed.seen.fp_environment);
    bed_close(&bed);
}
