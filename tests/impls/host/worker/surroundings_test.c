/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call leaves changed in its process is told, one thing at a time; what it puts back is not. */
#include "tests/impls/host/plant.h"

#include <sys/resource.h>

static const char headers[] =
    "#include <locale.h>\n#include <sys/file.h>\n#include <sys/ipc.h>\n#include <sys/prctl.h>\n"
    "#include <sys/resource.h>\n#include <sys/shm.h>\n#include <sys/stat.h>\n"
    "#include <sys/time.h>\n#include <sys/wait.h>\n";

struct change {
    const char *act;    /* after the answer */
    const char *reason; /* or how it begins */
};

static void open_with(struct bed *bed, const char *act)
{
    char text[2048];
    snprintf(text, sizeof text, "%sstatic void act(void) { answer(); %s }\n", headers, act);
    bed_open(bed, text);
}

static void expect_told(const struct change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct bed bed;
        open_with(&bed, changes[i].act);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_REFUSED, "%s: %d", changes[i].act, bed.seen.outcome);
        cr_expect_eq(bed.seen.code, 0);
        cr_expect_eq(strncmp(bed.seen.reason, changes[i].reason, strlen(changes[i].reason)), 0,
                     "%s: %s", changes[i].act, bed.seen.reason);
        cr_expect_eq(vjp_worker_age(bed.worker), 0, "%s: the process goes on", changes[i].act);
        bed_close(&bed);
    }
}

#define EXPECT_TOLD(changes) expect_told(changes, sizeof changes / sizeof changes[0])

Test(surroundings, signals)
{
    static const struct change changes[] = {
        {"sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, 0);",
         "the call changed the signal mask: SIGUSR1 is blocked"},
        {"signal(SIGPIPE, SIG_IGN);", "the call left another disposition of SIGPIPE"},
        {"signal(SIGALRM, (void *)run);", "the call left a handler of SIGALRM"},
        {"alarm(100);", "the call left a timer running (alarm or setitimer)"},
        {"struct itimerval t = {{1, 0}, {1, 0}}; setitimer(ITIMER_PROF, &t, 0);",
         "the call left a timer running (alarm or setitimer)"},
    };
    EXPECT_TOLD(changes);
}

Test(surroundings, processes)
{
    static const struct change changes[] = {
        {"if (fork() == 0) for (;;) pause();", "the call left a child process behind"},
        {"if (fork() == 0) _exit(0);", "the call left a child process behind"},
        {"if (fork() == 0) { setsid(); if (fork()) _exit(0); for (;;) pause(); } wait(0);",
         "the call left a child process behind"},
        {"setpgid(0, 0);", "the call left its session or process group"},
        {"prctl(PR_SET_DUMPABLE, 0);", "the call made the process undumpable"},
        {"setpriority(PRIO_PROCESS, 0, 19);", "the call changed the priority"},
        {"struct rlimit l = {1 << 20, 1 << 20}; setrlimit(RLIMIT_STACK, &l);",
         "the call changed the limit RLIMIT_STACK of the process"},
#if !defined(__SANITIZE_ADDRESS__) /* which makes nothing of it */
        {"mlockall(MCL_FUTURE);",
         "the call left all memory that the process takes from now on locked (mlockall)"},
#endif
    };
    struct rlimit stack;
    cr_assert_eq(getrlimit(RLIMIT_STACK, &stack), 0);
    cr_assert_neq(stack.rlim_cur, 1 << 20, "the test's own limit is what the plant sets");
    EXPECT_TOLD(changes);
}

Test(surroundings, files)
{
    static const struct change changes[] = {
        {"close(0);", "the call closed or replaced file descriptor 0 (stdin)"},
        {"dup2(0, 2);", "the call closed or replaced file descriptor 2 (stderr)"},
        {"close(7);", "the call closed or replaced file descriptor 7, which is its caller's"},
        {"write(7, \"abc\", 3);", "the call wrote to file descriptor 7"},
        {"chdir(\"/\");", "the call changed the working directory"},
    };
    EXPECT_TOLD(changes);
}

Test(surroundings, names)
{
    static const struct change changes[] = {
        {"setlocale(LC_NUMERIC, \"C.UTF-8\");", "the call changed the locale from C to "},
        {"uselocale(newlocale(LC_ALL_MASK, \"C\", 0));", "the call changed the locale"},
        {"setenv(\"PLANT_NEW\", \"1\", 1);",
         "the call changed the environment variable PLANT_NEW, which was not set"},
        {"setenv(\"PLANT_OLD\", \"2\", 1);", "the call changed the environment variable PLANT_OLD"},
        {"unsetenv(\"PLANT_OLD\");", "the call removed the environment variable PLANT_OLD"},
        {"clearenv();", "the call removed the environment variable "},
    };
    cr_assert_eq(setenv("PLANT_OLD", "1", 1), 0);
    EXPECT_TOLD(changes);
}

/* Everything is put back; a runtime's own mark and an open file of the kernel's own are its business. */
Test(surroundings, what_is_put_back_is_nobodys_business)
{
    struct bed bed;
    open_with(&bed,
              "sigset_t s, o; sigfillset(&s); sigprocmask(SIG_SETMASK, &s, &o);"
              "sigprocmask(SIG_SETMASK, &o, 0);"
              "void *h = signal(SIGALRM, (void *)run); alarm(100); alarm(0); signal(SIGALRM, h);"
              "if (fork() == 0) _exit(0); wait(0);"
              "char d[4096]; getcwd(d, sizeof d); chdir(\"/\"); chdir(d);"
              "locale_t c = newlocale(LC_ALL_MASK, \"C\", 0), w = uselocale(c); uselocale(w);"
              "freelocale(c); setlocale(LC_ALL, \"C.UTF-8\"); setlocale(LC_ALL, \"C\");"
              "setenv(\"PLANT_NEW\", \"1\", 1); unsetenv(\"PLANT_NEW\");"
              "setenv(\"PLANT_OLD\", \"2\", 1); setenv(\"PLANT_OLD\", \"1\", 1);"
              "setenv(\"__KMP_REGISTERED_LIB_77\", \"1\", 1);"
              "struct rlimit l, k; getrlimit(RLIMIT_NOFILE, &l); k = l; k.rlim_cur--;"
              "setrlimit(RLIMIT_NOFILE, &k); setrlimit(RLIMIT_NOFILE, &l);"
              "int e = dup(2); close(2); dup2(e, 2); close(e);"
              "static int n; if (n++ == 0) open(\"/dev/null\", O_RDONLY);"
              "mlockall(MCL_FUTURE); munlockall();");
    cr_assert_eq(setenv("PLANT_OLD", "1", 1), 0);
    vjp_worker_renew(bed.worker);
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* supports is foreign code, too. */
Test(surroundings, a_change_in_supports_is_told)
{
    struct bed bed;
    bed_open(&bed, "static const char *ask(void) { chdir(\"/\"); return \"no\"; }\n"
                   "static void act(void) {}");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
    cr_expect_str_eq(bed.seen.reason, "the call changed the working directory");
    bed_close(&bed);
}

/* What was there before the call is not the call's doing. */
Test(surroundings, what_loading_has_started_is_not_laid_to_a_call)
{
    struct bed bed;
    bed_open(&bed, "static void act(void) { answer(); }\n"
                   "__attribute__((constructor)) static void load(void) {"
                   "    if (fork() == 0) for (;;) pause(); setenv(\"PLANT_NEW\", \"1\", 1);"
                   "    signal(SIGPIPE, SIG_IGN); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}
