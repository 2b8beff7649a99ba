/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a kernel starts, and whatever it does to who started it, ends with its worker. */
#include "tests/impls/host/plant.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Orphans of our descendants become our children from here on: what is left can be counted, whatever it calls
 * itself. */
static void adopt(void)
{
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

/* Whom we kill the system ends in its own time. */
static void expect_nobody(const char *act)
{
    pid_t ended = 0;
    for (int i = 0; i < 200 && ended >= 0; i++) {
        while ((ended = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
            continue;
        if (ended == 0)
            usleep(5000);
    }
    cr_expect(ended == -1 && errno == ECHILD, "%s: a process is left", act);
}

static const char daemonize[] =
    "if (fork() == 0) { setsid(); if (fork()) _exit(0);"
    "    for (int i = 0; i < 99; i++) close(i); for (;;) pause(); } usleep(20000);";

static const struct {
    const char *act;
    enum vjp_outcome outcome;
} acts[] = {
    {"", VJP_REFUSED},
    {"abort();", VJP_CRASHED},
    {"_exit(0);", VJP_EXITED},
    {"for (;;) pause();", VJP_HUNG},
    {"for (int i = 0; i < 40; i++) if (fork() == 0) { fork(); for (;;) pause(); }", VJP_REFUSED},
    {"prctl(PR_SET_DUMPABLE, 0); for (;;) pause();", VJP_HUNG},
    {"sigset_t s; sigfillset(&s); sigprocmask(SIG_SETMASK, &s, 0); for (;;) pause();", VJP_HUNG},
};

static void expect_clean_end(void)
{
    adopt();
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        char text[1024];
        struct bed bed;
        snprintf(text, sizeof text,
                 "#include <sys/prctl.h>\nstatic void act(void) { answer(); %s %s }", daemonize,
                 acts[i].act);
        bed_open_with(&bed, text, "", (struct vjp_worker_options){.call_seconds = 0.4});
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, acts[i].outcome, "%s: %d", acts[i].act, bed.seen.outcome);
        expect_nobody(acts[i].act);
        bed_close(&bed);
    }
}

Test(keeper, nobody_survives)
{
    expect_clean_end();
}

Test(keeper, nobody_survives_without_namespaces)
{
    cr_assert_eq(setenv("VJPCHECK_NAMESPACES", "0", 1), 0);
    expect_clean_end();
}

/* The keeper is not the harness: that goes on. */
static void expect_keeper_is_missed(void)
{
    struct bed bed;
    adopt();
    bed_open(&bed, "static int n; answer(); if (n++ == 1) { kill(getppid(), SIGKILL); pause(); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_not_null(strstr(bed.seen.reason, "SIGKILL"), "%s", bed.seen.reason);
    expect_nobody("killed");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    bed_close(&bed);
    bed_open_with(&bed, "answer(); kill(getppid(), SIGSTOP); for (;;) pause();", "",
                  (struct vjp_worker_options){.call_seconds = 0.2});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    expect_nobody("stopped");
    bed_close(&bed);
}

Test(keeper, who_ends_it_ends_itself)
{
    expect_keeper_is_missed();
}

Test(keeper, who_ends_it_ends_itself_without_namespaces)
{
    cr_assert_eq(setenv("VJPCHECK_NAMESPACES", "0", 1), 0);
    expect_keeper_is_missed();
}

Test(keeper, it_says_what_stopped_a_process)
{
    struct bed bed;
    bed_open_with(&bed, "raise(SIGSTOP);", "", (struct vjp_worker_options){.call_seconds = 0.2});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_HUNG);
    cr_expect_str_eq(bed.seen.reason,
                     "the process was stopped by SIGSTOP in run, and did not go on within 0.2 s");
    bed_close(&bed);
}

/* A harness that is killed takes its workers along: also one that is busy, and what came from it. */
static void expect_end_with_harness(void)
{
    adopt();
    const pid_t harness = fork();
    cr_assert_geq(harness, 0);
    if (harness == 0) {
        struct bed bed;
        char text[512];
        snprintf(text, sizeof text, "answer(); %s for (;;) ;", daemonize);
        bed_open_with(&bed, text, "", (struct vjp_worker_options){.call_seconds = 100});
        plant_remove(&bed.plant); /* it is loaded, and nobody comes to remove it later */
        alarm(1);                 /* ends us, in the middle of the call */
        bed_run(&bed);
        _exit(EXIT_FAILURE);
    }
    int status;
    cr_assert_eq(waitpid(harness, &status, 0), harness);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
    expect_nobody("harness killed");
}

Test(keeper, who_is_killed_takes_its_workers_along)
{
    expect_end_with_harness();
}

Test(keeper, who_is_killed_takes_its_workers_along_without_namespaces)
{
    cr_assert_eq(setenv("VJPCHECK_NAMESPACES", "0", 1), 0);
    expect_end_with_harness();
}
