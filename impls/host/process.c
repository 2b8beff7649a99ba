/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "impls/host/foreign.h"
#include "impls/host/sanitizer.h"

/* How long a worker that was asked to leave may take: destructors of the library, and what an
 * instrumented build writes at its end. */
#define LEAVE_SECONDS 2.0

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void close_fd(int *fd)
{
    if (*fd > 0)
        close(*fd);
    *fd = 0;
}

static void close_all(struct vjp_process *process)
{
    close_fd(&process->pidfd);
    close_fd(&process->request_read);
    close_fd(&process->request_write);
    close_fd(&process->answer_read);
    close_fd(&process->log_fd);
    close_fd(&process->handover);
    close_fd(&process->listener);
}

/* Both ends lifted; 0 where there is none, as in a zeroed struct vjp_process. */
static bool lift_both(const int ends[2], int *read_end, int *write_end)
{
    const int r = vjp_lift_fd(ends[0]);
    const int w = vjp_lift_fd(ends[1]);
    *read_end = r > 0 ? r : 0;
    *write_end = w > 0 ? w : 0;
    return r > 0 && w > 0;
}

static bool make_pipe(int *read_end, int *write_end)
{
    int ends[2];
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 && lift_both(ends, read_end, write_end);
}

static bool make_sockets(int *ours, int *theirs)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 &&
           lift_both(ends, ours, theirs);
}

/* Everything but the descriptors of the protocol is closed, whoever opened it. */
static int set_files(posix_spawn_file_actions_t *files, const struct vjp_process *process,
                     const struct vjp_arena *arena, const int given_ends[2])
{
    const struct {
        int from, to;
    } given[] = {{process->log_fd, STDOUT_FILENO},    {process->log_fd, STDERR_FILENO},
                 {arena->control_fd, VJP_FD_CONTROL}, {arena->input_fd, VJP_FD_INPUTS},
                 {arena->output_fd, VJP_FD_OUTPUTS},  {process->request_read, VJP_FD_REQUEST},
                 {given_ends[0], VJP_FD_ANSWER},      {given_ends[1], VJP_FD_LISTENER}};
    int failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (size_t i = 0; i < sizeof given / sizeof given[0] && !failed; i++)
        failed = posix_spawn_file_actions_adddup2(files, given[i].from, given[i].to);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(files, VJP_FD_END);
    return failed;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int failed = posix_spawnattr_setflags(
        attributes, (short)(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed)
        failed = posix_spawnattr_setsigmask(attributes, &none);
    return failed;
}

static int spawn(struct vjp_process *process, const char *executable, const struct vjp_arena *arena,
                 const int given_ends[2])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    char name[] = "vjpcheck-worker";
    char *const argv[] = {name, NULL};
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    int failed = posix_spawnattr_init(&attributes);
    if (failed)
        goto cleanup;
    failed = set_files(&files, process, arena, given_ends);
    if (!failed)
        failed = set_attributes(&attributes);
    if (!failed)
        failed = posix_spawn(&process->pid, executable, &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
cleanup:
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* The worker reads its requests with a plain read(): its end must block. The flag belongs to the
 * open end, which the worker shares with request_read. */
static bool make_blocking(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

/* Whoever started us may have left SIGCHLD ignored, which outlives exec: then the system reaps our
 * workers by itself, and how they ended is lost. */
static void keep_children(void)
{
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
        action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
}

enum vjp_status vjp_process_start(struct vjp_process *out, const char *executable,
                                  const struct vjp_arena *arena, struct vjp_error *error)
{
    struct vjp_process process = {0};
    int given_ends[2] = {0, 0}; /* of the answers, and of the handover */
    enum vjp_status status = VJP_OK;
    keep_children();
    const int log_fd = vjp_lift_fd(memfd_create("vjpcheck-log", MFD_CLOEXEC));
    process.log_fd = log_fd > 0 ? log_fd : 0;
    if (log_fd < 0 || fcntl(log_fd, F_SETFL, O_APPEND) != 0 ||
        !make_pipe(&process.request_read, &process.request_write) ||
        !make_pipe(&process.answer_read, &given_ends[0]) ||
        !make_sockets(&process.handover, &given_ends[1]) || !make_blocking(process.request_read) ||
        !make_blocking(given_ends[0])) {
        status = vjp_fail(error, VJP_ERR_IO, "cannot open pipes to a worker: %s", strerror(errno));
        goto cleanup;
    }
    const int failed = spawn(&process, executable, arena, given_ends);
    if (failed) {
        process.pid = 0;
        status = vjp_fail(error, VJP_ERR_IO, "cannot start the worker %s: %s", executable,
                          strerror(failed));
        goto cleanup;
    }
    process.pidfd = vjp_lift_fd(pidfd_open(process.pid, 0));
    if (process.pidfd < 0) {
        status = vjp_fail(error, VJP_ERR_IO, "cannot watch the worker: %s", strerror(errno));
        process.pidfd = 0;
        kill(process.pid, SIGKILL);
        waitpid(process.pid, NULL, 0);
        goto cleanup;
    }
    process.conduct.worker = process.pid;
    *out = process;
    process = (struct vjp_process){0};
cleanup:
    close_fd(&given_ends[0]);
    close_fd(&given_ends[1]);
    close_all(&process);
    return status;
}

static bool has_token(struct vjp_control *control, uint64_t token)
{
    return __atomic_load_n(&control->answer.token, __ATOMIC_ACQUIRE) == token;
}

/* Milliseconds to wait, rounded up: to wake too early would only mean to wait again. */
static int milliseconds(double seconds)
{
    if (seconds <= 0)
        return 0;
    return seconds < 1e6 ? (int)(1000 * seconds) + 1 : 1000000000;
}

/* Takes the listener that the worker sends, once; a worker without a filter closes its side. */
static void take_listener(struct vjp_process *process)
{
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};
    const ssize_t got = recvmsg(process->handover, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS) {
        int fd;
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
        fd = vjp_lift_fd(fd);
        process->listener = fd > 0 ? fd : 0;
    }
    close_fd(&process->handover);
}

/* The descriptor on which the worker asks, or -1. */
static int asking_fd(const struct vjp_process *process)
{
    const int fd = process->listener > 0 ? process->listener : process->handover;
    return fd > 0 ? fd : -1;
}

static void decide(struct vjp_process *process, short events, int32_t stage)
{
    if (process->listener == 0)
        take_listener(process);
    else if (events & POLLIN)
        vjp_conduct_decide(&process->conduct, process->listener, stage);
    else
        close_fd(&process->listener); /* whoever it was about has ended */
}

enum vjp_reply vjp_process_ask(struct vjp_process *process, struct vjp_control *control, bool wake,
                               uint64_t token, double seconds)
{
    const double deadline = now() + seconds;
    process->conduct.shared_bytes = 0;
    /* A full pipe is as good a wake-up as one more byte. */
    if (wake && write(process->request_write, "", 1) < 0 && errno != EAGAIN)
        return VJP_REPLY_DIED;
    for (;;) {
        struct pollfd fds[] = {{.fd = process->answer_read, .events = POLLIN},
                               {.fd = process->pidfd, .events = POLLIN},
                               {.fd = asking_fd(process), .events = POLLIN}};
        const double left = deadline - now();
        const int ready = poll(fds, 3, milliseconds(left));
        if (ready > 0 && fds[2].revents)
            decide(process, fds[2].revents, control->answer.stage);
        if (ready > 0 && (fds[0].revents || fds[1].revents)) {
            char bytes[64];
            const ssize_t got = read(process->answer_read, bytes, sizeof bytes);
            if (has_token(control, token))
                return VJP_REPLY_ANSWERED;
            if (fds[1].revents)
                return VJP_REPLY_DIED;
            /* Closed by the worker: it can wake us no more, and only its end is awaited. */
            if (got == 0)
                poll(&fds[1], 1, milliseconds(left));
        }
        if (now() >= deadline)
            return VJP_REPLY_LATE;
    }
}

void vjp_process_hold(const struct vjp_process *process, bool held)
{
    if (process->pid != 0)
        kill(-process->pid, held ? SIGSTOP : SIGCONT);
}

/* Gives it the time to end. */
static void await_end(struct vjp_process *process, double seconds)
{
    const double deadline = now() + seconds;
    do {
        struct pollfd fds[] = {{.fd = process->pidfd, .events = POLLIN},
                               {.fd = asking_fd(process), .events = POLLIN}};
        const int ready = poll(fds, 2, milliseconds(deadline - now()));
        if (ready > 0 && fds[0].revents)
            return;
        if (ready > 0)
            decide(process, fds[1].revents, VJP_STAGE_NONE);
    } while (now() < deadline);
}

int vjp_process_stopped(const struct vjp_process *process)
{
    siginfo_t info = {0};
    const int waited = waitid(P_PIDFD, (id_t)process->pidfd, &info, WSTOPPED | WNOHANG | WNOWAIT);
    return waited == 0 && info.si_pid == process->pid ? info.si_status : 0;
}

void vjp_process_stop(struct vjp_process *process, bool may_leave, struct vjp_end *end)
{
    siginfo_t info = {0};
    int waited;
    *end = (struct vjp_end){0};
    if (process->pid == 0)
        return;
    close_fd(&process->request_write);
    close_fd(&process->request_read);
    process->conduct.phase = VJP_PHASE_LEAVING;
    if (may_leave)
        await_end(process, LEAVE_SECONDS);
    /* While the head of the group is not reaped its number cannot become another's. */
    kill(-process->pid, SIGKILL);
    do {
        waited = waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED);
    } while (waited != 0 && errno == EINTR);
    if (waited == 0 && info.si_code == CLD_EXITED)
        end->status = info.si_status;
    else
        end->signal = waited == 0 ? info.si_status : SIGKILL;
    vjp_conduct_clear(&process->conduct);
    close_all(process);
    *process = (struct vjp_process){0};
}

void vjp_process_read_log(const struct vjp_process *process, char *out, size_t size)
{
    char tail[4096 + 1];
    struct stat file;
    out[0] = '\0';
    if (fstat(process->log_fd, &file) != 0 || file.st_size <= 0)
        return;
    const off_t wanted = sizeof tail - 1;
    const off_t from = file.st_size > wanted ? file.st_size - wanted : 0;
    const ssize_t got = pread(process->log_fd, tail, (size_t)wanted, from);
    if (got <= 0)
        return;
    for (ssize_t i = 0; i < got; i++) {
        if (tail[i] == '\0')
            tail[i] = '?'; /* the text goes on behind it */
    }
    tail[got] = '\0';
    const char *text = vjp_sanitizer_summary(tail);
    const size_t length = strlen(text);
    if (text == tail && length > size - 1)
        text += length - (size - 1);
    vjp_foreign_text(out, size, text, strlen(text));
}

void vjp_process_forget_log(const struct vjp_process *process)
{
    struct stat file;
    if (fstat(process->log_fd, &file) == 0 && file.st_size > 0)
        (void)!ftruncate(process->log_fd, 0); /* where that fails the log keeps what it has */
}
