/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run sees of a process that ends, hangs or misbehaves, and that nothing of it is left. */
#include "tests/impls/host/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

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

Test(run_process, signals_are_named)
{
    static const struct end_case cases[] = {
        {"abort();", VJP_CRASHED, SIGABRT, "SIGABRT in run"},
        {"volatile int zero = 0; sink = 7 / zero;", VJP_CRASHED, SIGFPE, "SIGFPE in run"},
        {"__builtin_trap();", VJP_CRASHED, SIGILL, "SIGILL in run"},
        {"*(volatile int *)64 = 1;", VJP_CRASHED, SIGSEGV, "SIGSEGV in run: wrote address 0x40"},
        {"kill(getpid(), SIGKILL);", VJP_CRASHED, SIGKILL, "SIGKILL in run"},
        {"raise(SIGTERM);", VJP_CRASHED, SIGTERM, "SIGTERM in run"},
        {"_mm_store_ps(F(OUT(\"dx\")) + 1, _mm_setzero_ps());", VJP_CRASHED, SIGSEGV,
         "SIGSEGV in run: no address is known; an aligned vector access to an address that is not "
         "aligned, or a pointer that is none"},
        {"static const char *ask(void) { abort(); }\nstatic void act(void) {}", VJP_CRASHED,
         SIGABRT, "SIGABRT in supports"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_end(&cases[i]);
}

Test(run_process, an_exit_inside_a_call_is_no_completion)
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

/* The child comes back from the call, and must not answer for its parent. */
Test(run_process, a_forked_copy_has_no_say)
{
    struct bed bed;
    bed_open_with(&bed, "answer(); if (fork()) for (;;) pause();", "",
                  (struct vjp_worker_options){.call_seconds = 0.3});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    bed_close(&bed);
}

Test(run_process, a_call_that_does_not_return_is_ended)
{
    struct bed bed;
    bed_open_with(&bed, "static int n; answer(); puts(\"on\"); if (n++ == 1) for (;;) ;", "",
                  (struct vjp_worker_options){.call_seconds = 0.3});
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    bed_run(&bed);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    cr_expect_str_eq(bed.seen.reason, "no answer after 0.3 s in run");
    cr_expect_str_eq(bed.seen.log, "on on");
    cr_expect_null(bed.seen.answer[0][BED_DX].data);
    cr_expect_leq(after.tv_sec - before.tv_sec, 3);
    bed_close(&bed);
}

Test(run_process, a_stopped_process_is_hung)
{
    struct bed bed;
    bed_open_with(&bed, "raise(SIGSTOP);", "", (struct vjp_worker_options){.call_seconds = 0.2});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    bed_close(&bed);
}

Test(run_process, an_overflow_of_the_stack_is_a_crash)
{
    struct bed bed;
    bed_open(&bed, "static int deep(int n) { volatile char a[4096]; a[n % 4096] = 1;"
                   "    return n < 0 ? 0 : deep(n + 1) + a[n % 4096]; }\n"
                   "static void act(void) { sink = deep(0); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect_neq(bed.seen.address, 0);
    cr_expect_not(bed.seen.out_of_bounds.found);
    bed_close(&bed);
}

/* Under a handler of its own a kernel could read behind a tensor and go on. */
Test(run_process, a_replaced_handler_is_seen)
{
    struct bed bed;
    bed_open(&bed, "answer(); signal(SIGSEGV, SIG_IGN);");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect_str_eq(bed.seen.reason,
                     "the call replaced the handler of SIGSEGV, and so could hide faults");
    bed_close(&bed);
}

Test(run_process, a_handler_from_loading_time_hides_nothing)
{
    struct bed bed;
    bed_open(&bed, "static void act(void) { answer(); sink = F(IN(\"x\"))[6]; }\n"
                   "__attribute__((constructor)) static void at_load(void)"
                   "{ signal(SIGSEGV, SIG_IGN); signal(SIGABRT, SIG_IGN); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect(bed.seen.out_of_bounds.found);
    bed_close(&bed);
}

Test(run_process, what_is_printed_is_kept_and_does_no_harm)
{
    struct bed bed;
    bed_open(&bed,
             "answer(); printf(\"a\\033[1m b\\n\"); fprintf(stderr, \"\\xff\\xc3\\xa9!\\n\");");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_str_eq(bed.seen.log, "a?[1m b ?\xc3\xa9! a?[1m b ?\xc3\xa9! a?[1m b ?\xc3\xa9!");
    bed_close(&bed);
}

/* 40 MiB: more than a file of the worker's may hold. What is beyond 16 MiB is not written. */
Test(run_process, a_flood_of_output_is_cut)
{
    struct bed bed;
    bed_open(&bed, "static char line[1 << 20]; long total = 0; memset(line, 'x', sizeof line);"
                   "for (int i = 0; i < 40; i++) {"
                   "    long got = write(1, line, sizeof line); total += got > 0 ? got : 0; }"
                   "answer(); result = total > 1 << 24;");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_eq(strlen(bed.seen.log), sizeof bed.seen.log - 1);
    cr_expect_eq(strspn(bed.seen.log, "x"), sizeof bed.seen.log - 1);
    bed_close(&bed);
}

Test(run_process, output_belongs_to_the_case_that_wrote_it)
{
    struct bed bed;
    bed_open(&bed, "answer(); if (IN(\"x\")->shape[0] == 2) puts(\"two\");");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "two two two");
    bed.c.dim[0] = 3;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* AddressSanitizer's shadow counts as data: a worker built with it has no limit. */
Test(run_process, memory_is_limited)
{
    struct bed bed;
    bed_open_with(&bed,
                  "char *p = malloc(1 << 28); answer(); printf(p ? \"got\" : \"none\");"
                  "free(p);",
                  "", (struct vjp_worker_options){.memory_bytes = 1 << 27});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
#if defined(__SANITIZE_ADDRESS__)
    cr_expect_str_eq(bed.seen.log, "gotgotgot");
#else
    cr_expect_str_eq(bed.seen.log, "nonenonenone");
#endif
    bed_close(&bed);
}

/* The thread waits until the call is over, then ends the process with an exit status. */
Test(run_process, an_end_between_two_calls_is_laid_to_the_next)
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

/* The contract: when run returns, no thread of the kernel may still write. */
Test(run_process, a_write_between_two_calls_is_seen)
{
    struct bed bed;
    bed_open(&bed, "static float *at;\n"
                   "static void *late(void *p) { usleep(20000); *at = 1; return p; }\n"
                   "static void act(void) { static int n; pthread_t t; answer();"
                   "    at = F(OUT(\"dw\")) + 3; if (n++ == 2) pthread_create(&t, 0, late, 0); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    usleep(200000);
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
    cr_expect_str_eq(bed.seen.reason,
                     "wrote to the memory of dw after an earlier call had returned");
    cr_expect_eq(vjp_worker_age(bed.worker), 0);
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

static int count_fds(void)
{
    int n = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

Test(run_process, a_hundred_crashes_leave_nothing)
{
    struct bed bed;
    bed_open(&bed, "static int n; answer(); if (n++ == 1) abort();");
    bed_run(&bed);
    const int before = count_fds();
    for (int i = 0; i < 100; i++) {
        bed_run(&bed);
        cr_assert_eq(bed.seen.outcome, VJP_CRASHED);
    }
    cr_expect_eq(count_fds(), before);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
    cr_expect_eq(errno, ECHILD, "a zombie is left");
    bed_close(&bed);
}

/* Children of the worker are in its process group and end with it. */
Test(run_process, what_a_kernel_started_ends_with_it)
{
    struct bed bed;
    bed_open_with(&bed,
                  "pid_t child = fork(); if (child == 0) for (;;) pause();"
                  "printf(\"%d\\n\", child); fflush(stdout); abort();",
                  "", (struct vjp_worker_options){0});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    const pid_t child = (pid_t)atoi(bed.seen.log);
    cr_assert_gt(child, 1);
    int gone = 0;
    for (int i = 0; i < 100 && !gone; i++) {
        char path[64];
        char state = 'X';
        snprintf(path, sizeof path, "/proc/%d/stat", child);
        FILE *file = fopen(path, "r");
        if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
            state = 'X';
        if (file)
            fclose(file);
        gone = !file || state == 'Z' || state == 'X';
        usleep(10000);
    }
    cr_expect(gone);
    bed_close(&bed);
}

/* What the process has open: what it was given, and nothing of ours. */
Test(run_process, no_other_descriptor_is_inherited)
{
    struct bed bed;
    const int ours = open("/dev/null", O_RDONLY);
    cr_assert_geq(ours, 0);
    bed_open(&bed, "answer(); for (int fd = 8; fd < 200; fd++)"
                   "    if (fcntl(fd, F_GETFD) != -1) printf(\"%d \", fd);"
                   "char c; if (read(0, &c, 1) != 0) puts(\"stdin\");"
                   "if (getpgrp() != getpid() || getsid(0) != getpid()) puts(\"group\");");
    bed_run(&bed);
    bed_expect_right(&bed);
    close(ours);
    bed_close(&bed);
}
