/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel tries beside computing is refused and told, one thing at a time, and the next case has a process that
 * knows nothing of it. */
#include "impls/host/conduct.h"

#include "tests/impls/host/plant.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static const char headers[] =
    "#include <dirent.h>\n#include <errno.h>\n#include <sched.h>\n#include <spawn.h>\n"
    "#include <fcntl.h>\n#include <sys/ioctl.h>\n#include <sys/ipc.h>\n#include "
    "<sys/prctl.h>\n#include <sys/ptrace.h>\n"
    "#include <sys/resource.h>\n#include <sys/shm.h>\n#include <sys/socket.h>\n"
    "#include <sys/stat.h>\n#include <sys/syscall.h>\n#include <sys/time.h>\n"
    "#include <sys/uio.h>\n#include <sys/wait.h>\n#include <time.h>\n#include <setjmp.h>\n";

struct trial {
    const char *act;   /* after the answer */
    const char *words; /* how what is told of it begins, after "the call tried to " */
};

static void open_with(struct bed *bed, const char *act)
{
    char text[4096];
    snprintf(text, sizeof text, "%sstatic void act(void) { answer(); %s }\n", headers, act);
    bed_open_with(bed, text, "-D_GNU_SOURCE", (struct vjp_worker_options){.call_seconds = 5});
}

static void expect_told(const struct trial *trials, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct bed bed;
        char words[256];
        open_with(&bed, trials[i].act);
        bed_run(&bed);
        snprintf(words, sizeof words, "the call tried to %s", trials[i].words);
        cr_expect_eq(bed.seen.outcome, VJP_REFUSED, "%s: %d, %s", trials[i].act, bed.seen.outcome,
                     bed.seen.reason);
        cr_expect_eq(bed.seen.code, 0);
        cr_expect_eq(strncmp(bed.seen.conduct, words, strlen(words)), 0, "%s: %s", trials[i].act,
                     bed.seen.conduct);
        cr_expect_str_eq(bed.seen.reason, bed.seen.conduct);
        cr_expect_eq(vjp_worker_age(bed.worker), 0, "%s: the process goes on", trials[i].act);
        bed_close(&bed);
    }
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
    cr_expect_eq(errno, ECHILD, "a process is left");
}

#define EXPECT_TOLD(trials) expect_told(trials, sizeof trials / sizeof trials[0])

Test(conduct, processes)
{
    static const struct trial trials[] = {
        {"if (fork() == 0) _exit(0);", "start a process or program (clone), which was refused"},
        {"if (syscall(SYS_fork) == 0) _exit(0);", "start a process or program (fork)"},
        {"if (vfork() == 0) _exit(0);", "start a process or program (vfork)"},
        {"system(\"true\");", "start a process or program (clone)"},
        {"popen(\"true\", \"r\");", "start a process or program (clone)"},
        {"char *v[] = {\"true\", 0}; execv(\"/bin/true\", v);",
         "start a process or program (execve)"},
        {"sigset_t all; sigfillset(&all); sigprocmask(SIG_SETMASK, &all, 0);"
         "if (fork() == 0) _exit(0); sigemptyset(&all); sigprocmask(SIG_SETMASK, &all, 0);",
         "start a process or program (clone)"},
        {"setsid();", "leave its session, process group or namespace (setsid)"},
        {"setpgid(0, 0);", "leave its session, process group or namespace (setpgid)"},
        {"unshare(CLONE_NEWNS);", "leave its session, process group or namespace (unshare)"},
    };
    EXPECT_TOLD(trials);
}

/* Ours would be next: whoever gets here was not reached. */
Test(conduct, other_processes)
{
    static const struct trial trials[] = {
        {"kill(getppid(), SIGKILL);", "reach another process (kill)"},
        {"kill(-1, SIGCONT);", "reach another process (kill)"},
        {"kill(0, SIGKILL);", "reach another process (kill)"},
        {"syscall(SYS_tkill, getppid(), SIGKILL);", "reach another process (tkill)"},
        {"syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);", "reach another process (tgkill)"},
        {"union sigval v = {0}; sigqueue(getppid(), SIGKILL, v);",
         "reach another process (rt_sigqueueinfo)"},
        {"ptrace(PTRACE_SEIZE, getppid(), 0, 0);", "reach another process (ptrace)"},
        {"char b; struct iovec v = {&b, 1}, w = {answer, 1};"
         "process_vm_readv(getppid(), &v, 1, &w, 1, 0);",
         "reach another process (process_vm_readv)"},
        {"int p[2]; pipe(p); fcntl(p[0], F_SETOWN, getppid()); fcntl(p[0], F_SETSIG, SIGKILL);"
         "fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK); write(p[1], \"x\", 1);",
         "reach another process (fcntl)"},
        {"int p[2], to = getppid(); pipe(p); ioctl(p[0], FIOSETOWN, &to);",
         "reach another process (ioctl)"},
        {"cpu_set_t s; CPU_ZERO(&s); CPU_SET(0, &s); sched_setaffinity(getppid(), sizeof s, &s);",
         "reach another process (sched_setaffinity)"},
        {"struct sched_param s = {0}; sched_setscheduler(getppid(), SCHED_BATCH, &s);",
         "reach another process (sched_setscheduler)"},
    };
    EXPECT_TOLD(trials);
}

Test(conduct, descriptors)
{
    static const struct trial trials[] = {
        {"close(1);", "close file descriptor 1 (stdout), which is its caller's (close)"},
        {"closefrom(0);", "close file descriptor 0 (stdin)"},
        {"dup2(open(\"/dev/null\", O_RDONLY), 7);", "replace file descriptor 7, "},
        {"char b[99] = {0}; for (int fd = 3; fd < 30; fd++) write(fd, b, sizeof b);",
         "write to file descriptor 3, which is its caller's (write)"},
        {"write(7, \"x\", 1);", "write to file descriptor 7, "},
        {"char b; read(6, &b, 1);", "read from file descriptor 6, "},
        {"socket(AF_UNIX, SOCK_STREAM, 0);", "open a socket (socket)"},
    };
    EXPECT_TOLD(trials);
}

Test(conduct, files)
{
    static const struct trial trials[] = {
        {"FILE *f = fopen(\"/tmp/vjpcheck-conduct\", \"w\"); if (f) fclose(f);",
         "write to the file system, \"/tmp/vjpcheck-conduct\" (openat)"},
        {"open(\"vjpcheck\\n\\xff\", O_CREAT | O_RDWR, 0600);",
         "write to the file system, \"vjpcheck ?\" (openat)"},
        {"open(\"/tmp\", O_TMPFILE | O_RDWR, 0600);", "write to the file system, \"/tmp\" "},
        {"unlink(\"/tmp/vjpcheck-conduct\");",
         "write to the file system, \"/tmp/vjpcheck-conduct\" (unlink)"},
        {"mkdir(\"/tmp/vjpcheck-conduct\", 0700);",
         "write to the file system, \"/tmp/vjpcheck-conduct\" (mkdir)"},
        {"rename(\"/tmp/a\", \"/tmp/b\");", "write to the file system, \"/tmp/a\" (rename)"},
        {"shm_open(\"/vjpcheck-conduct\", O_CREAT | O_RDWR, 0600);",
         "write to the file system, \"/dev/shm/vjpcheck-conduct\" (openat)"},
        {"shmget(IPC_PRIVATE, 4096, 0600);", "make shared memory or the like that outlives"},
        {"char *p = malloc(1); open((char *)8, O_WRONLY); free(p);",
         "write to the file system, \"\" (openat)"},
        {"open(\"/proc/self/task/../../../tmp/vjpcheck-conduct\", O_CREAT | O_RDWR, 0600);",
         "write to the file system, \"/proc/self/task/../../../tmp/vjpcheck-conduct\" (openat)"},
        {"char p[99]; snprintf(p, 99, \"/proc/self/task/%d/cwd/vjpcheck-conduct\", getpid());"
         "open(p, O_CREAT | O_RDWR, 0600);",
         "write to the file system, \"/proc/self/task/"},
        {"fchmod(open(\"/\", O_RDONLY), 0755);", "write to the file system, \"/\" (fchmod)"},
        {"char t[] = \"vjpcheck\"; syscall(SYS_add_key, \"user\", t, t, 8, -2);",
         "make shared memory or the like that outlives its process (add_key)"},
    };
    EXPECT_TOLD(trials);
    cr_expect_eq(access("/tmp/vjpcheck-conduct", F_OK), -1);
    cr_expect_eq(access("/dev/shm/vjpcheck-conduct", F_OK), -1);
}

Test(conduct, signals_and_the_process)
{
    static const struct trial trials[] = {
        {"signal(SIGSEGV, SIG_IGN);",
         "take the handler of SIGSEGV, and so could hide faults (rt_sigaction)"},
        {"signal(SIGALRM, (void *)answer);", "take the handler of SIGALRM"},
        {"alarm(30);", "set a timer, whose signal would come in another call (alarm)"},
        {"struct itimerval t = {{1, 0}, {1, 0}}; setitimer(ITIMER_PROF, &t, 0);", "set a timer"},
        {"timer_t t; timer_create(CLOCK_REALTIME, 0, &t);", "set a timer"},
        {"chdir(\"/usr\");", "change the working directory from /"},
        {"umask(0);", "change a property of its process (umask)"},
        {"struct rlimit l = {9, 9}; setrlimit(RLIMIT_NOFILE, &l);",
         "change a property of its process (prlimit64)"},
        {"prctl(PR_SET_PDEATHSIG, 0);", "change a property of its process (prctl)"},
#if !defined(__SANITIZE_ADDRESS__) /* which makes nothing of it */
        {"mlockall(MCL_FUTURE);", "change a property of its process (mlockall)"},
#endif
        {"setuid(1);", "change a property of its process (setuid)"},
    };
    struct bed bed;
    EXPECT_TOLD(trials);
    open_with(&bed, "chdir(\"/usr\");");
    bed_run(&bed);
    cr_expect_not_null(strstr(bed.seen.conduct, " to /usr (chdir), which was refused"), "%s",
                       bed.seen.conduct);
    bed_close(&bed);
}

/* Threads are bound and named by many runtimes, and files have flags. */
Test(conduct, what_is_a_kernels_own_business)
{
    static const char *const acts[] = {
        "cpu_set_t s; sched_getaffinity(0, sizeof s, &s); sched_setaffinity(0, sizeof s, &s);",
        "cpu_set_t s; sched_getaffinity(0, sizeof s, &s);"
        "sched_setaffinity((int)syscall(SYS_gettid), sizeof s, &s);",
        "pthread_setname_np(pthread_self(), \"kernel\");",
        "int p[2]; pipe(p); fcntl(p[0], F_SETFL, O_NONBLOCK); fcntl(p[0], F_SETFD, 1);"
        "close(p[0]); close(p[1]);",
        "char p[99]; snprintf(p, 99, \"/proc/self/task/%d/comm\", (int)syscall(SYS_gettid));"
        "int f = open(p, O_RDWR); write(f, \"k\", 1); close(f);",
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct bed bed;
        open_with(&bed, acts[i]);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s: %d, %s", acts[i], bed.seen.outcome,
                     bed.seen.reason);
        bed_close(&bed);
    }
}

/* Who is refused what it relies on may end the process: both are told. */
Test(conduct, the_end_of_a_process_tells_what_came_before)
{
    struct bed bed;
    open_with(&bed, "FILE *f = fopen(\"/tmp/vjpcheck-conduct\", \"w\"); fputs(\"a\", f);");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect_not_null(strstr(bed.seen.conduct, "tried to write to the file system"));
    bed_close(&bed);
    open_with(&bed, "if (fork() < 0) _exit(3);");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_EXITED);
    cr_expect_eq(bed.seen.code, 3);
    cr_expect_not_null(strstr(bed.seen.conduct, "tried to start a process"));
    bed_close(&bed);
}

Test(conduct, supports_and_late_threads_are_told_from_a_call)
{
    struct bed bed;
    bed_open(&bed, "static const char *ask(void) { alarm(9); return 0; }\n"
                   "static void act(void) { answer(); }");
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.conduct, "supports tried to set a timer", 29), 0, "%s",
                 bed.seen.conduct);
    bed_close(&bed);
    bed_open(&bed, "static void *late(void *p) { usleep(20000); alarm(9); return p; }\n"
                   "static void act(void) { static int n; pthread_t t; answer();"
                   "    if (n++ == 2) pthread_create(&t, 0, late, 0); }");
    bed_run(&bed);
    usleep(50000);
    if (bed.seen.outcome == VJP_COMPLETED)
        bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
    cr_expect_not_null(strstr(bed.seen.conduct, " tried to set a timer"), "%s", bed.seen.conduct);
    bed_close(&bed);
}

/* A constructor may set the process up, but not leave it. */
Test(conduct, loading)
{
    static const char *const acts[] = {"kill(getppid(), SIGKILL);", "if (fork() == 0) _exit(0);",
                                       "setsid();"};
    struct bed bed;
    for (int i = 0; i < 3; i++) {
        struct plant plant;
        struct vjp_worker *worker = NULL;
        struct vjp_error error = {0};
        char text[1024];
        snprintf(text, sizeof text,
                 "static void act(void) { answer(); }\n"
                 "__attribute__((constructor)) static void load(void) { %s }",
                 acts[i]);
        plant_kernel(&plant, text, "");
        cr_expect_eq(vjp_worker_create(plant.path,
                                       &(struct vjp_worker_options){.executable = PLANT_WORKER},
                                       &worker, &error),
                     VJP_ERR_USAGE);
        cr_expect_not_null(strstr(error.text, ": loading it tried to "), "%s", error.text);
        plant_remove(&plant);
    }
    bed_open(&bed, "static void act(void) { answer(); }\n"
                   "__attribute__((constructor)) static void load(void)"
                   "{ signal(SIGUSR1, SIG_IGN); umask(077); close(open(\"/tmp/vjpcheck-conduct\","
                   "    O_CREAT | O_RDWR, 0600)); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
    cr_expect_eq(access("/tmp/vjpcheck-conduct", F_OK), -1);
}

/* What libraries do for themselves. */
Test(conduct, what_does_no_harm_passes)
{
    static const char *const acts[] = {
        "void *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);"
        "*(char *)p = 1; munmap(p, 1 << 20);",
        "FILE *f = fopen(\"/proc/self/maps\", \"r\"); fgetc(f); fclose(f);",
        "int fd = open(\"/dev/null\", O_WRONLY); if (write(fd, \"x\", 1) != 1) abort(); close(fd);",
        "int fd = syscall(SYS_memfd_create, \"a\", 0);"
        "if (write(fd, \"x\", 1) != 1) abort(); close(fd);",
        "struct sigaction a; if (sigaction(SIGSEGV, 0, &a)) abort();",
        "struct rlimit l; if (getrlimit(RLIMIT_NOFILE, &l)) abort();",
        "if (prctl(PR_SET_NAME, \"kernel\")) abort();",
        "struct sched_param p; sched_getparam(0, &p); sched_yield();",
        "sigset_t s, t; sigfillset(&s); pthread_sigmask(SIG_BLOCK, &s, &t);"
        "pthread_sigmask(SIG_SETMASK, &t, 0);",
        "int e[2]; if (pipe(e)) abort(); write(e[1], \"x\", 1); close(e[0]); close(e[1]);",
        "if (raise(SIGURG)) abort();",
    };
    struct bed bed;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        open_with(&bed, acts[i]);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s: %s", acts[i], bed.seen.reason);
        bed_expect_right(&bed);
        bed_close(&bed);
    }
    bed_open(&bed, "static void *work(void *p) { return p; }\n"
                   "static void act(void) { pthread_t t; answer();"
                   "    if (pthread_create(&t, 0, work, 0)) abort();"
                   "    pthread_setname_np(t, \"helper\"); pthread_join(t, 0); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* In one call, not over many. */
Test(conduct, shared_memory_has_the_limit_of_memory)
{
    struct bed bed;
    bed_open_with(&bed,
                  "answer(); for (int i = 0; i < 3; i++) {"
                  "    void *p = mmap(0, 100 << 20, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);"
                  "    printf(p == MAP_FAILED ? \"none\" : \"got\"); }",
                  "", (struct vjp_worker_options){.memory_bytes = 256 << 20});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_str_eq(bed.seen.log, "gotgotnonegotgotnonegotgotnone");
    bed_close(&bed);
}
