/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/conduct.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "impls/host/fault.h"
#include "impls/host/foreign.h"
#include "impls/host/protocol.h"

/* Of a path that is told, and that is compared. */
#define PATH_SIZE 128

static const struct act {
    int number;
    enum vjp_act kind;
    const char *name;
} acts[] = {
#define VJP_ACT(name, kind, test, arg, value) {SYS_##name, VJP_ACT_##kind, #name},
#include "impls/host/acts.inc"
#undef VJP_ACT
};

/* One call that waits. */
struct ask {
    const struct act *act;
    pid_t thread;
    uint64_t args[6];
    char path[PATH_SIZE]; /* of a file or folder; or empty */
};

enum decision {
    PASS,
    REFUSE,  /* with EPERM, and it is told */
    DENY,    /* without a word: so that what goes on without it may go on */
    LACK,    /* memory */
    PRETEND, /* to have been done; it is told */
};

static const struct act *find_act(int number)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i].number == number)
            return &acts[i];
    }
    return NULL;
}

/* Page by page: the text may end right before one that is not there. */
static void read_text(pid_t pid, uint64_t from, char *out, size_t size)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    size_t n = 0;
    while (n < size - 1) {
        const uint64_t left = page - (from + n) % page;
        struct iovec to = {out + n, left < size - 1 - n ? left : size - 1 - n};
        void *there = (void *)(uintptr_t)(from + n); // NOLINT(performance-no-int-to-ptr)
        struct iovec in = {there, to.iov_len};
        const ssize_t got = process_vm_readv(pid, &to, 1, &in, 1, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(to.iov_base, '\0', (size_t)got))
            break;
    }
    out[n] = '\0';
}

/* Calls whose names end in "at" have the folder first (openat(2)); some have a descriptor of the file itself. */
static void read_path(struct ask *ask)
{
    const char *name = ask->act->name;
    if (strcmp(name, "fchmod") == 0 || strcmp(name, "fchown") == 0 ||
        strcmp(name, "fsetxattr") == 0 || strcmp(name, "fremovexattr") == 0) {
        char link[64];
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)ask->thread, (int)ask->args[0]);
        const ssize_t length = readlink(link, ask->path, sizeof ask->path - 1);
        ask->path[length > 0 ? length : 0] = '\0';
        return;
    }
    const size_t length = strlen(name);
    const bool is_at = (length > 2 && strcmp(name + length - 2, "at") == 0) ||
                       strcmp(name, "renameat2") == 0 || strcmp(name, "symlink") == 0;
    read_text(ask->thread, ask->args[is_at ? 1 : 0], ask->path, sizeof ask->path);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static bool is_device(const char *path)
{
    struct stat file;
    return strncmp(path, "/dev/", 5) == 0 && stat(path, &file) == 0 && S_ISCHR(file.st_mode);
}

/* LLVM's runtime of OpenMP registers itself in the first parallel region in shared memory of a name with the
 * process's number, and removes it at the end (kmp_runtime.cpp, __kmp_register_library_startup). */
#define RUNTIME_MARK "/dev/shm/__KMP_REGISTERED_LIB_"

static bool is_thread(pid_t process, uint64_t thread)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d", (int)process, (int)thread);
    return access(path, F_OK) == 0;
}

/* The file that has a thread's name, and not what may be reached from the thread's folder. */
static bool is_thread_name(const char *path)
{
    static const char begin[] = "/proc/self/task/";
    if (strncmp(path, begin, sizeof begin - 1) != 0)
        return false;
    const char *number = path + sizeof begin - 1;
    const size_t digits = strspn(number, "0123456789");
    return digits > 0 && strcmp(number + digits, "/comm") == 0;
}

/* Counts of coverage are written at the end; the names of threads, devices. */
static enum decision decide_file(struct vjp_conduct *conduct, struct ask *ask)
{
    read_path(ask);
    if (strncmp(ask->path, RUNTIME_MARK, sizeof RUNTIME_MARK - 1) == 0) {
        conduct->marked = true;
        return PASS;
    }
    if (ends_with(ask->path, ".gcda") || ends_with(ask->path, ".profraw") ||
        is_thread_name(ask->path) || is_device(ask->path))
        return PASS;
    return REFUSE;
}

static enum decision decide_shared(struct vjp_conduct *conduct, const struct ask *ask)
{
    const uint64_t bytes = ask->args[1];
    if (ask->act->number != SYS_mmap)
        return REFUSE;
    if (bytes > (uint64_t)(conduct->shared_limit - conduct->shared_bytes))
        return LACK;
    conduct->shared_bytes += (int64_t)bytes;
    return PASS;
}

/* Threads are bound to processors, also by those that start them. */
static bool is_scheduling(int number)
{
    return number == SYS_sched_setaffinity || number == SYS_sched_setscheduler ||
           number == SYS_sched_setparam || number == SYS_sched_setattr || number == SYS_ioprio_set;
}

/* LeakSanitizer, at the end of its process, has a tracer that shares everything with it and is otherwise another
 * process: with the flag that nobody else uses. */
static enum decision decide_others(const struct vjp_conduct *conduct, const struct ask *ask)
{
    const bool is_second = ask->act->number == SYS_ptrace || ask->act->number == SYS_ioprio_set;
    if (ask->act->kind == VJP_ACT_PROCESS)
        return ask->act->number == SYS_clone && (ask->args[0] & CLONE_UNTRACED) ? PASS : REFUSE;
    if (ask->act->number == SYS_tkill || ask->act->number == SYS_ptrace ||
        is_scheduling(ask->act->number))
        return is_thread(conduct->worker, ask->args[is_second ? 1 : 0]) ? PASS : REFUSE;
    return REFUSE;
}

/* Threads that are no thread of the worker are LeakSanitizer's, whose tracer wants to end with its process, and handles
 * signals. */
static enum decision decide_own(const struct vjp_conduct *conduct, const struct ask *ask)
{
    return is_thread(conduct->worker, (uint64_t)ask->thread) ? REFUSE : PASS;
}

/* Libc has handlers of two signals for itself, behind those of POSIX. */
static enum decision decide_handler(const struct vjp_conduct *conduct, const struct ask *ask)
{
    return ask->args[0] == 32 || ask->args[0] == 33 ? PASS : decide_own(conduct, ask);
}

/* Of a call, in an ordinary phase. */
static enum decision decide_call(struct vjp_conduct *conduct, struct ask *ask)
{
    switch (ask->act->kind) {
    case VJP_ACT_PROCESS:
    case VJP_ACT_OTHERS:
        return decide_others(conduct, ask);
    case VJP_ACT_DESCRIPTOR:
        /* closefrom would try again without end. */
        return strncmp(ask->act->name, "close", 5) == 0 ? PRETEND : REFUSE;
    case VJP_ACT_FILE:
        return decide_file(conduct, ask);
    case VJP_ACT_SHARED:
        return decide_shared(conduct, ask);
    case VJP_ACT_HANDLER:
        return decide_handler(conduct, ask);
    case VJP_ACT_FOLDER:
        if (ask->act->number == SYS_chdir)
            read_path(ask);
        return REFUSE;
    case VJP_ACT_PROPERTY:
        return decide_own(conduct, ask);
    case VJP_ACT_SESSION:
    case VJP_ACT_NETWORK:
    case VJP_ACT_TIMER:
    default:
        return REFUSE;
    }
}

static enum decision decide(struct vjp_conduct *conduct, struct ask *ask)
{
    const enum decision decision = decide_call(conduct, ask);
    const enum vjp_act kind = ask->act->kind;
    if (decision != REFUSE && decision != PRETEND)
        return decision;
    if (conduct->phase == VJP_PHASE_SERVING)
        return decision;
    if (kind == VJP_ACT_HANDLER || kind == VJP_ACT_TIMER || kind == VJP_ACT_FOLDER ||
        (kind == VJP_ACT_PROPERTY && ask->act->number != SYS_prctl &&
         ask->act->number != SYS_seccomp))
        return PASS;
    if (conduct->phase == VJP_PHASE_LOADING &&
        (kind == VJP_ACT_PROCESS || kind == VJP_ACT_OTHERS || kind == VJP_ACT_SESSION))
        return REFUSE;
    return DENY;
}

/* What was tried, for the kinds that name no particulars. */
static const char *const tried[] = {
    [VJP_ACT_PROCESS] = "start a process or program",
    [VJP_ACT_OTHERS] = "reach another process",
    [VJP_ACT_SESSION] = "leave its session, process group or namespace",
    [VJP_ACT_FILE] = "write to the file system",
    [VJP_ACT_SHARED] = "make shared memory or the like that outlives its process",
    [VJP_ACT_NETWORK] = "open a socket",
    [VJP_ACT_TIMER] = "set a timer, whose signal would come in another call",
    [VJP_ACT_PROPERTY] = "change a property of its process",
};

static void tell_particulars(const struct ask *ask, char *out, size_t size)
{
    static const char *const streams[] = {" (stdin)", " (stdout)", " (stderr)"};
    const uint64_t *args = ask->args;
    const char *name = ask->act->name;
    char link[64];
    char signal[VJP_SIGNAL_NAME];
    char folder[PATH_SIZE] = "";
    switch (ask->act->kind) {
    case VJP_ACT_DESCRIPTOR: {
        const uint64_t fd = strncmp(name, "dup", 3) == 0 ? args[1] : args[0];
        snprintf(out, size, "%s file descriptor %d%s, which is its caller's",
                 strncmp(name, "close", 5) == 0 ? "close"
                 : strncmp(name, "dup", 3) == 0 ? "replace"
                 : strcmp(name, "read") == 0    ? "read from"
                                                : "write to",
                 (int)fd, fd < 3 ? streams[fd] : "");
        return;
    }
    case VJP_ACT_FILE:
        snprintf(out, size, "%s, \"%s\"", tried[VJP_ACT_FILE], ask->path);
        return;
    case VJP_ACT_FOLDER:
        snprintf(link, sizeof link, "/proc/%d/cwd", (int)ask->thread);
        if (readlink(link, folder, sizeof folder - 1) < 0)
            folder[0] = '\0';
        snprintf(out, size, "change the working directory from %.60s to %.60s", folder,
                 ask->path[0] ? ask->path : "another");
        return;
    case VJP_ACT_HANDLER: {
        const bool hides = args[0] == SIGSEGV || args[0] == SIGBUS;
        snprintf(out, size, "take the handler of %s%s", vjp_fault_signal_name((int)args[0], signal),
                 hides ? ", and so could hide faults" : ", which is its caller's");
        return;
    }
    default:
        break;
    }
    snprintf(out, size, "%s", tried[ask->act->kind]);
}

static const char *subject(const struct vjp_conduct *conduct, int32_t stage)
{
    if (conduct->phase == VJP_PHASE_LOADING)
        return "loading it";
    return stage == VJP_STAGE_ASKING    ? "supports"
           : stage == VJP_STAGE_RUNNING ? "the call"
                                        : "a thread, after its call had returned,";
}

/* The first act. One that starts a process says more than the handlers that libc sets up before. */
static void tell(struct vjp_conduct *conduct, const struct ask *ask, int32_t stage)
{
    char particulars[160];
    char text[sizeof conduct->text];
    if (conduct->text[0] && (ask->act->kind != VJP_ACT_PROCESS || conduct->told != VJP_ACT_HANDLER))
        return;
    conduct->told = ask->act->kind;
    conduct->shows = ask->act->kind == VJP_ACT_FOLDER || ask->act->kind == VJP_ACT_HANDLER;
    tell_particulars(ask, particulars, sizeof particulars);
    snprintf(text, sizeof text, "%s tried to %s (%s), which was refused", subject(conduct, stage),
             particulars, ask->act->name);
    vjp_foreign_text(conduct->text, sizeof conduct->text, text, sizeof text);
}

void vjp_conduct_decide(struct vjp_conduct *conduct, int listener, int32_t stage)
{
    /* Larger than a system may have it (seccomp_unotify(2)); it wants the first one zeroed. */
    union {
        struct seccomp_notif call;
        char space[256];
    } in = {.space = {0}};
    union {
        struct seccomp_notif_resp answer;
        char space[256];
    } out = {.space = {0}};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) != 0)
        return; /* its thread has ended meanwhile */
    struct ask ask = {.act = find_act(in.call.data.nr), .thread = (pid_t)in.call.pid};
    for (int i = 0; i < 6; i++)
        ask.args[i] = in.call.data.args[i];
    const enum decision decision = ask.act ? decide(conduct, &ask) : PASS;
    if (decision == REFUSE || decision == PRETEND)
        tell(conduct, &ask, stage);
    out.answer.id = in.call.id;
    if (decision == PASS)
        out.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (decision != PRETEND)
        out.answer.error = decision == LACK ? -ENOMEM : -EPERM;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out); /* fails where the thread has ended */
}

void vjp_conduct_clear(const struct vjp_conduct *conduct)
{
    char path[96];
    if (!conduct->marked)
        return;
    snprintf(path, sizeof path, RUNTIME_MARK "%d_%d", (int)conduct->worker, (int)geteuid());
    unlink(path);
}
