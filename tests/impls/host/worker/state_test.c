/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call leaves changed in its process is told; what it puts back is not. */
#include "tests/impls/host/plant.h"

struct change {
    const char *act;   /* after the answer */
    const char *words; /* or how they begin; "": nothing is changed */
};

Test(state, what_is_left_changed_is_told)
{
    static const struct change changes[] = {
        {"sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, 0);",
         "the call left the signal mask changed: SIGUSR1 is blocked"},
        {"sigset_t s; sigemptyset(&s); sigaddset(&s, 40); sigprocmask(SIG_BLOCK, &s, 0);",
         "the call left the signal mask changed: SIGRT is blocked"},
        {"stack_t s = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16}; sigaltstack(&s, 0);",
         "the call left another stack for the signals of its thread (sigaltstack)"},
        {"setlocale(LC_ALL, \"C.UTF-8\");", "the call left the locale changed from C to C.UTF-8"},
        {"setlocale(LC_NUMERIC, \"C.UTF-8\");", "the call left the locale changed from C to "},
        {"uselocale(newlocale(LC_ALL_MASK, \"C.UTF-8\", 0));",
         "the call left the locale changed from C to C"},
        {"setenv(\"OMP_NUM_THREADS\", \"3\", 1);",
         "the call left the environment variable OMP_NUM_THREADS set, which was not"},
        {"setenv(\"VJPCHECK_TEST\", \"other\", 1);",
         "the call left the environment variable VJPCHECK_TEST changed"},
        {"getenv(\"VJPCHECK_TEST\")[0] = 'x';",
         "the call left the environment variable VJPCHECK_TEST changed"},
        {"unsetenv(\"VJPCHECK_TEST\");",
         "the call left the environment variable VJPCHECK_TEST removed"},
        {"clearenv();", "the call left the environment variable "},
    };
    unsetenv("OMP_NUM_THREADS");
    setenv("VJPCHECK_TEST", "value", 1);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct bed bed;
        char text[1024];
        snprintf(text, sizeof text, "#include <locale.h>\nstatic void act(void) { answer(); %s }",
                 changes[i].act);
        bed_open(&bed, text);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_REFUSED, "%s: %d", changes[i].act, bed.seen.outcome);
        cr_expect_eq(strncmp(bed.seen.conduct, changes[i].words, strlen(changes[i].words)), 0,
                     "%s: %s", changes[i].act, bed.seen.conduct);
        cr_expect_eq(vjp_worker_age(bed.worker), 0, "%s: the process goes on", changes[i].act);
        bed_close(&bed);
    }
}

Test(state, what_is_put_back_is_not)
{
    static const char *const acts[] = {
        "sigset_t s, t; sigfillset(&s); sigprocmask(SIG_BLOCK, &s, &t);"
        "sigprocmask(SIG_SETMASK, &t, 0);",
        "setlocale(LC_ALL, \"C.UTF-8\"); setlocale(LC_ALL, \"C\");",
        "setenv(\"VJPCHECK_TEST\", \"other\", 1); setenv(\"VJPCHECK_TEST\", \"value\", 1);",
        "setenv(\"VJPCHECK_NEW\", \"other\", 1); unsetenv(\"VJPCHECK_NEW\");",
        "setenv(\"__KMP_REGISTERED_LIB_1\", \"x\", 1);",
    };
    setenv("VJPCHECK_TEST", "value", 1);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct bed bed;
        char text[1024];
        snprintf(text, sizeof text, "#include <locale.h>\nstatic void act(void) { answer(); %s }",
                 acts[i]);
        bed_open(&bed, text);
        bed_run(&bed);
        cr_expect_str_eq(bed.seen.conduct, "", "%s: %s", acts[i], bed.seen.conduct);
        bed_expect_right(&bed);
        bed_close(&bed);
    }
}

/* What loading the library has changed is how things are. */
Test(state, loading_comes_before)
{
    struct bed bed;
    bed_open(&bed, "static void act(void) { answer(); }\n"
                   "__attribute__((constructor)) static void load(void)"
                   "{ setenv(\"OMP_NUM_THREADS\", \"3\", 1); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}
