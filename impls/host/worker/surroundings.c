/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/surroundings.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "impls/host/protocol.h"
#include "impls/host/worker/namespaces.h"

#define N_LIMITS  RLIMIT_NLIMITS
#define N_TIMERS  3
/* Of the signals that POSIX has; nobody but libc's threads uses those behind them. */
#define N_SIGNALS 32

struct vjp_surroundings {
    char folder[VJP_WIRE_PATH];
    struct stat folder_file;
    bool has_children; /* that loading the library has started */
    bool alone;        /* nobody else writes there, or to what follows */
    struct stat scratch_file;
    int segments;
    struct stat files[VJP_FD_KEEPER];
    bool open[VJP_FD_KEEPER];
    sigset_t mask;
    struct sigaction handler[N_SIGNALS];
    struct itimerval timer[N_TIMERS];
    struct rlimit limit[N_LIMITS];
    pid_t session, group;
    int dumpable;
    int priority;
    char **variables; /* copies, and NULL */
    char *locale;
    locale_t thread_locale;
};

static void *get(void *memory)
{
    if (!memory) {
        perror("vjpcheck-worker");
        exit(EXIT_FAILURE);
    }
    return memory;
}

static char **copy_variables(void)
{
    size_t n = 0;
    while (environ[n])
        n++;
    char **copy = get(calloc(n + 1, sizeof *copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = get(strdup(environ[i]));
    return copy;
}

/* How many segments of System V's shared memory there are. */
static int count_segments(void)
{
    struct shm_info info = {0};
    return shmctl(0, SHM_INFO, (struct shmid_ds *)&info) < 0 ? 0 : info.used_ids;
}

static bool has_children(void)
{
    siginfo_t info = {0};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

struct vjp_surroundings *vjp_surroundings_take(bool alone)
{
    struct vjp_surroundings *out = get(calloc(1, sizeof *out));
    if (!getcwd(out->folder, sizeof out->folder) || stat(".", &out->folder_file) != 0)
        out->folder[0] = '\0';
    out->has_children = has_children();
    out->alone = alone;
    if (alone && stat(VJP_NAMESPACES_SCRATCH, &out->scratch_file) != 0)
        out->scratch_file = (struct stat){0};
    out->segments = alone ? count_segments() : 0;
    for (int fd = 0; fd < VJP_FD_KEEPER; fd++)
        out->open[fd] = fstat(fd, &out->files[fd]) == 0;
    sigprocmask(SIG_BLOCK, NULL, &out->mask);
    for (int s = 1; s < N_SIGNALS; s++)
        sigaction(s, NULL, &out->handler[s]);
    for (int t = 0; t < N_TIMERS; t++)
        getitimer((__itimer_which_t)t, &out->timer[t]);
    for (int r = 0; r < N_LIMITS; r++)
        getrlimit((__rlimit_resource_t)r, &out->limit[r]);
    out->session = getsid(0);
    out->group = getpgrp();
    out->dumpable = prctl(PR_GET_DUMPABLE);
    out->priority = getpriority(PRIO_PROCESS, 0);
    out->variables = copy_variables();
    out->locale = get(strdup(setlocale(LC_ALL, NULL)));
    out->thread_locale = uselocale((locale_t)0);
    return out;
}

/* Each of the following says what differs, or returns false. */
typedef bool difference(const struct vjp_surroundings *before, char *text, size_t size);

static bool has_left_processes(const struct vjp_surroundings *before, char *text, size_t size)
{
    if (before->has_children || !has_children())
        return false;
    snprintf(text, size, "left a child process behind, which the caller knows nothing of");
    return true;
}

static bool has_moved(const struct vjp_surroundings *before, char *text, size_t size)
{
    if (getsid(0) == before->session && getpgrp() == before->group)
        return false;
    snprintf(text, size,
             "left its session or process group: what ends the group no longer reaches it");
    return true;
}

static bool has_changed_files(const struct vjp_surroundings *before, char *text, size_t size)
{
    static const char *const names[] = {" (stdin)", " (stdout)", " (stderr)"};
    for (int fd = 0; fd < VJP_FD_KEEPER; fd++) {
        struct stat now;
        if (!before->open[fd] || (fstat(fd, &now) == 0 && now.st_ino == before->files[fd].st_ino &&
                                  now.st_dev == before->files[fd].st_dev))
            continue;
        snprintf(text, size, "closed or replaced file descriptor %d%s, which is its caller's", fd,
                 fd < 3 ? names[fd] : "");
        return true;
    }
    return false;
}

/* LLVM's OpenMP registers itself in a variable and in shared memory of this name and the process's number, in the
 * first parallel region (kmp_runtime.cpp, __kmp_register_library_startup), and removes it at the end. */
static bool is_mark_of_runtime(const char *name)
{
    return strncmp(name, "__KMP_REGISTERED_LIB_", 21) == 0;
}

/* The name of a file in the folder that was not there before, "" where there is none. */
static void find_file(const char *path, char *out, size_t size)
{
    DIR *folder = opendir(path);
    out[0] = '\0';
    for (struct dirent *entry; folder && out[0] == '\0' && (entry = readdir(folder));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !is_mark_of_runtime(name) &&
            strcmp(name, strrchr(VJP_NAMESPACES_FOLDER, '/') + 1) != 0)
            snprintf(out, size, "%.*s", (int)size - 1, name);
    }
    if (folder)
        closedir(folder);
}

static bool has_left_shared_memory(const struct vjp_surroundings *before, char *text, size_t size)
{
    const struct stat *was = &before->scratch_file;
    struct stat now;
    char name[64];
    if (!before->alone)
        return false;
    if (count_segments() != before->segments) {
        snprintf(text, size, "left a segment of shared memory behind (shmget)");
        return true;
    }
    if (stat(VJP_NAMESPACES_SCRATCH, &now) != 0 ||
        memcmp(&now.st_mtim, &was->st_mtim, sizeof now.st_mtim) == 0)
        return false;
    find_file(VJP_NAMESPACES_SCRATCH, name, sizeof name);
    if (name[0])
        snprintf(text, size, "left shared memory behind, " VJP_NAMESPACES_SCRATCH "/%s", name);
    return name[0] != '\0';
}

/* Then a new page is there before it is touched, or, beyond the limit, not to be had (mlockall(2)). */
static bool has_locked_memory(const struct vjp_surroundings *before, char *text, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char there = 0;
    (void)before;
    void *fresh = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED) {
        there = errno == EAGAIN;
    } else {
        mincore(fresh, page, &there);
        munmap(fresh, page);
    }
    if (there & 1)
        snprintf(text, size,
                 "left all memory that the process takes from now on locked (mlockall)");
    return there & 1;
}

static bool has_changed_folder(const struct vjp_surroundings *before, char *text, size_t size)
{
    const struct stat *was = &before->folder_file;
    struct stat now;
    char name[64];
    if (before->folder[0] == '\0')
        return false;
    if (stat(".", &now) != 0 || now.st_ino != was->st_ino || now.st_dev != was->st_dev) {
        snprintf(text, size, "changed the working directory");
        return true;
    }
    if (!before->alone || memcmp(&now.st_mtim, &was->st_mtim, sizeof now.st_mtim) == 0)
        return false;
    find_file(".", name, sizeof name);
    if (name[0])
        snprintf(text, size, "left files behind in the working directory, \"%s\" among them", name);
    return name[0] != '\0';
}

/* Where there is no handler its flags mean nothing: signal and system put other ones back. */
static bool is_same_action(const struct sigaction *a, const struct sigaction *b)
{
    return a->sa_handler == b->sa_handler &&
           (a->sa_handler == SIG_DFL || a->sa_handler == SIG_IGN || a->sa_flags == b->sa_flags);
}

static bool has_changed_handlers(const struct vjp_surroundings *before, char *text, size_t size)
{
    for (int s = 1; s < N_SIGNALS; s++) {
        struct sigaction now;
        const struct sigaction *was = &before->handler[s];
        if (sigaction(s, NULL, &now) != 0 || is_same_action(&now, was))
            continue;
        const char *name = sigabbrev_np(s);
        snprintf(text, size, "left %s SIG%s",
                 now.sa_handler == SIG_IGN || now.sa_handler == SIG_DFL ? "another disposition of"
                                                                        : "a handler of",
                 name ? name : "?");
        return true;
    }
    return false;
}

static bool has_changed_mask(const struct vjp_surroundings *before, char *text, size_t size)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    for (int s = 1; s < NSIG; s++) {
        if (sigismember(&now, s) == sigismember(&before->mask, s))
            continue;
        const char *name = sigabbrev_np(s);
        snprintf(text, size, "changed the signal mask: SIG%s is %s", name ? name : "RT",
                 sigismember(&now, s) == 1 ? "blocked" : "no longer blocked");
        return true;
    }
    return false;
}

static bool has_changed_timers(const struct vjp_surroundings *before, char *text, size_t size)
{
    for (int t = 0; t < N_TIMERS; t++) {
        struct itimerval now;
        const struct timeval *was = &before->timer[t].it_value;
        if (getitimer((__itimer_which_t)t, &now) != 0 ||
            timerisset(&now.it_value) == timerisset(was))
            continue;
        snprintf(
            text, size,
            "left a timer running (alarm or setitimer): its signal comes when another call runs");
        return true;
    }
    return false;
}

static bool has_changed_limits(const struct vjp_surroundings *before, char *text, size_t size)
{
    static const char *const names[N_LIMITS] = {
        [RLIMIT_CPU] = "CPU",           [RLIMIT_FSIZE] = "FSIZE",
        [RLIMIT_DATA] = "DATA",         [RLIMIT_STACK] = "STACK",
        [RLIMIT_CORE] = "CORE",         [RLIMIT_RSS] = "RSS",
        [RLIMIT_NPROC] = "NPROC",       [RLIMIT_NOFILE] = "NOFILE",
        [RLIMIT_MEMLOCK] = "MEMLOCK",   [RLIMIT_AS] = "AS",
        [RLIMIT_LOCKS] = "LOCKS",       [RLIMIT_SIGPENDING] = "SIGPENDING",
        [RLIMIT_MSGQUEUE] = "MSGQUEUE", [RLIMIT_NICE] = "NICE",
        [RLIMIT_RTPRIO] = "RTPRIO",     [RLIMIT_RTTIME] = "RTTIME",
    };
    for (int r = 0; r < N_LIMITS; r++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)r, &now) != 0 ||
            (now.rlim_cur == before->limit[r].rlim_cur &&
             now.rlim_max == before->limit[r].rlim_max))
            continue;
        snprintf(text, size, "changed the limit RLIMIT_%s of the process", names[r]);
        return true;
    }
    return false;
}

static bool has_changed_itself(const struct vjp_surroundings *before, char *text, size_t size)
{
    if (prctl(PR_GET_DUMPABLE) != before->dumpable)
        snprintf(text, size, "made the process undumpable: no debugger can attach to it");
    else if (getpriority(PRIO_PROCESS, 0) != before->priority)
        snprintf(text, size, "changed the priority of the thread that called it");
    else
        return false;
    return true;
}

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

/* The entry of the list with the name of variable, or NULL. */
static const char *find_variable(char *const *list, const char *variable)
{
    const size_t length = name_length(variable);
    for (; list && *list; list++) {
        if (name_length(*list) == length && memcmp(*list, variable, length) == 0)
            return *list;
    }
    return NULL;
}

static bool has_changed_variables(const struct vjp_surroundings *before, char *text, size_t size)
{
    size_t i = 0;
    while (environ && environ[i] && before->variables[i] &&
           strcmp(environ[i], before->variables[i]) == 0)
        i++;
    for (size_t k = i; before->variables[k]; k++) {
        const char *was = before->variables[k];
        const char *now = find_variable(environ, was);
        if (now && strcmp(now, was) == 0)
            continue;
        snprintf(text, size, "%s the environment variable %.*s", now ? "changed" : "removed",
                 (int)name_length(was), was);
        return true;
    }
    for (size_t k = i; environ && environ[k]; k++) {
        if (is_mark_of_runtime(environ[k]) || find_variable(before->variables, environ[k]))
            continue;
        snprintf(text, size, "changed the environment variable %.*s, which was not set",
                 (int)name_length(environ[k]), environ[k]);
        return true;
    }
    return false;
}

static bool has_changed_locale(const struct vjp_surroundings *before, char *text, size_t size)
{
    const char *now = setlocale(LC_ALL, NULL);
    if (now && strcmp(now, before->locale) == 0 && uselocale((locale_t)0) == before->thread_locale)
        return false;
    snprintf(text, size, "changed the locale from %.60s to %.60s", before->locale, now ? now : "?");
    return true;
}

bool vjp_surroundings_differ(const struct vjp_surroundings *before, char *text, size_t size)
{
    static difference *const differences[] = {
        has_left_processes,     has_moved,          has_changed_files,
        has_changed_handlers,   has_changed_mask,   has_changed_timers,
        has_changed_limits,     has_changed_itself, has_changed_folder,
        has_left_shared_memory, has_locked_memory,  has_changed_locale,
        has_changed_variables};
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
        if (differences[i](before, text, size))
            return true;
    }
    return false;
}
