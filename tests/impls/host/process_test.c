/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process of ours: how it starts, answers and ends, what it writes, and that nothing of it is
 * left. First with shell scripts in the worker's place, then through the worker. */
#include "impls/host/process.h"

#include "tests/impls/host/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* A process whose executable is a script. */
struct stage {
    struct vjp_arena arena;
    struct vjp_process process;
    char path[64];
};

static void stage_open(struct stage *stage, const char *script)
{
    struct vjp_error error = {0};
    *stage = (struct stage){.path = "/tmp/vjpcheck-test-XXXXXX"};
    const int fd = mkstemp(stage->path);
    cr_assert_geq(fd, 0);
    cr_assert_gt(dprintf(fd, "#!/bin/sh\n%s\n", script), 0);
    cr_assert_eq(fchmod(fd, 0700), 0);
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(vjp_arena_init(&stage->arena, 4096, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_process_start(&stage->process, stage->path, &stage->arena, &error), VJP_OK,
                 "%s", error.text);
}

static void stage_close(struct stage *stage)
{
    struct vjp_end end;
    vjp_process_stop(&stage->process, false, &end);
    vjp_arena_clear(&stage->arena);
    cr_expect_eq(unlink(stage->path), 0);
}

static void await_end(const struct vjp_process *process)
{
    struct pollfd fd = {.fd = process->pidfd, .events = POLLIN};
    cr_assert_eq(poll(&fd, 1, 5000), 1);
}

static enum vjp_reply ask(struct stage *stage, bool wake, uint64_t token, double seconds)
{
    return vjp_process_ask(&stage->process, stage->arena.control, wake, token, seconds);
}

Test(process, how_it_ended_is_told)
{
    static const struct {
        const char *script;
        struct vjp_end end;
    } cases[] = {
        {"exit 7", {.status = 7}}, {"exit 0", {0}}, {"kill -TERM $$", {.signal = SIGTERM}}};
    for (int i = 0; i < 3; i++) {
        struct stage stage;
        struct vjp_end end = {.signal = -1, .status = -1};
        stage_open(&stage, cases[i].script);
        cr_expect_eq(ask(&stage, false, 1, 5), VJP_REPLY_DIED);
        vjp_process_stop(&stage.process, true, &end);
        cr_expect_eq(end.signal, cases[i].end.signal, "%s: %d", cases[i].script, end.signal);
        cr_expect_eq(end.status, cases[i].end.status, "%s: %d", cases[i].script, end.status);
        cr_expect_eq(stage.process.pid, 0);
        stage_close(&stage);
    }
}

Test(process, what_does_not_end_is_killed)
{
    struct stage stage;
    struct vjp_end end = {0};
    stage_open(&stage, "exec sleep 100");
    vjp_process_stop(&stage.process, false, &end);
    cr_expect_eq(end.signal, SIGKILL);
    cr_expect_eq(end.status, 0);
    stage_close(&stage);
}

/* read ends when our end of the pipe is closed. */
Test(process, who_waits_for_a_request_may_leave_by_itself)
{
    struct stage stage;
    struct vjp_end end = {0};
    stage_open(&stage, "read -r line <&6; exit 4");
    vjp_process_stop(&stage.process, true, &end);
    cr_expect_eq(end.signal, 0);
    cr_expect_eq(end.status, 4);
    stage_close(&stage);
}

/* Whatever bytes come: only the token is an answer. */
Test(process, an_answer_is_its_token)
{
    struct stage stage;
    struct timespec before, after;
    stage_open(&stage, "dd bs=1 count=1 <&6 >&7 2>&1; exec sleep 100");
    stage.arena.control->answer.token = 42;
    cr_expect_eq(ask(&stage, true, 42, 5), VJP_REPLY_ANSWERED);
    clock_gettime(CLOCK_MONOTONIC, &before);
    cr_expect_eq(ask(&stage, false, 43, 0.2), VJP_REPLY_LATE);
    clock_gettime(CLOCK_MONOTONIC, &after);
    const double waited =
        (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    cr_expect(waited >= 0.2 && waited < 2, "%g", waited);
    stage_close(&stage);
}

Test(process, who_closes_its_answers_is_late_or_dead)
{
    struct stage stage;
    stage_open(&stage, "exec 7>&-; exec sleep 100");
    cr_expect_eq(ask(&stage, true, 1, 0.2), VJP_REPLY_LATE);
    stage_close(&stage);
    stage_open(&stage, "exec 7>&-; sleep 0.1; exit 0");
    cr_expect_eq(ask(&stage, true, 1, 5), VJP_REPLY_DIED);
    stage_close(&stage);
}

Test(process, the_log_is_the_end_of_what_was_written)
{
    struct stage stage;
    char text[64] = "?";
    char few[5];
    stage_open(&stage, "echo one; echo two >&2; printf 'a\\000b'");
    await_end(&stage.process);
    vjp_process_read_log(&stage.process, text, sizeof text);
    cr_expect_str_eq(text, "one two a?b");
    vjp_process_read_log(&stage.process, few, sizeof few);
    cr_expect_str_eq(few, "a?b"); /* the blank before it is trimmed */
    vjp_process_forget_log(&stage.process);
    vjp_process_read_log(&stage.process, text, sizeof text);
    cr_expect_str_eq(text, "");
    stage_close(&stage);
}

Test(process, what_cannot_be_started_is_our_failure)
{
    struct vjp_arena arena;
    struct vjp_process process = {.pid = 77};
    struct vjp_error error = {0};
    struct vjp_end end = {.signal = 9};
    cr_assert_eq(vjp_arena_init(&arena, 4096, &error), VJP_OK);
    cr_expect_eq(vjp_process_start(&process, "/nowhere/worker", &arena, &error), VJP_ERR_IO);
    cr_expect_not_null(strstr(error.text, "/nowhere/worker: No such file"), "%s", error.text);
    cr_expect_eq(process.pid, 77, "nothing is written on failure");
    process = (struct vjp_process){0};
    vjp_process_stop(&process, true, &end);
    cr_expect(end.signal == 0 && end.status == 0, "stopping nothing does nothing");
    vjp_arena_clear(&arena);
}

/* Then the system would reap children by itself, and how they ended would be lost. */
Test(process, an_ignored_sigchld_loses_no_end)
{
    struct stage stage;
    struct vjp_end end = {0};
    signal(SIGCHLD, SIG_IGN);
    stage_open(&stage, "exit 6");
    cr_expect_eq(ask(&stage, false, 1, 5), VJP_REPLY_DIED);
    vjp_process_stop(&stage.process, true, &end);
    cr_expect_eq(end.status, 6);
    stage_close(&stage);
}

/* Without a filter. The child comes back from the call, and must not answer for its parent. */
Test(process, a_forked_copy_has_no_say)
{
    struct bed bed;
    setenv("VJPCHECK_FILTER", "0", 1);
    bed_open_with(&bed, "answer(); if (fork()) for (;;) pause();", "",
                  (struct vjp_worker_options){.call_seconds = 0.3});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    bed_close(&bed);
}

Test(process, a_call_that_does_not_return_is_ended)
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

Test(process, a_stopped_process_is_hung)
{
    struct bed bed;
    bed_open_with(&bed, "raise(SIGSTOP);", "", (struct vjp_worker_options){.call_seconds = 0.2});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    cr_expect_str_eq(bed.seen.reason, "no answer after 0.2 s in run: stopped by SIGSTOP");
    bed_close(&bed);
}

Test(process, what_is_printed_is_kept_and_does_no_harm)
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
Test(process, a_flood_of_output_is_cut)
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

Test(process, output_belongs_to_the_case_that_wrote_it)
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
Test(process, memory_is_limited)
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

static int count_fds(void)
{
    int n = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

Test(process, a_hundred_crashes_leave_nothing)
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

/* Without a filter. Children of the worker are in its process group and end with it. */
Test(process, what_a_kernel_started_ends_with_it)
{
    struct bed bed;
    setenv("VJPCHECK_FILTER", "0", 1);
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
Test(process, no_other_descriptor_is_inherited)
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
