/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/keeper.h"

#include "impls/host/protocol.h"
#include "impls/host/worker/namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forks. In the child, which returns 0, the end of the parent is its end. A parent that it cannot see,
 * outside its namespace, is process 0 to it. */
static pid_t fork_tied(bool enters)
{
    const pid_t parent = enters ? 0 : getpid();
    const pid_t child = fork();
    if (child == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent))
        _exit(EXIT_FAILURE);
    return child;
}

/* A keeper has no business with requests, and no signal but SIGKILL ends it. That it is not dumpable keeps other
 * processes of its user from tracing it. at_end is the signal that the end of the parent's thread sends. */
static void become_keeper(pid_t child, int at_end)
{
    if (child < 0)
        _exit(EXIT_FAILURE);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_PDEATHSIG, at_end); /* a change of credentials clears it (prctl(2)) */
    for (int fd = 0; fd < VJP_FD_KEEPER; fd++)
        close(fd);
}

static void report(const struct vjp_wire_end *end)
{
    send(VJP_FD_KEEPER, end, sizeof *end, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Waits until the child has ended, or the harness has closed its side, or its thread has ended (SIGTERM). */
static void await(pid_t child)
{
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    struct pollfd fds[] = {{.fd = pidfd_open(child, 0), .events = POLLIN},
                           {.fd = VJP_FD_KEEPER, .events = POLLIN | POLLRDHUP},
                           {.fd = signalfd(-1, &term, SFD_CLOEXEC), .events = POLLIN}};
    while (poll(fds, 3, -1) < 0 && errno == EINTR)
        continue;
}

static bool is_child(const char *pid)
{
    char path[64];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    /* The name, in parentheses, may hold anything: what follows the last one counts (proc(5)). */
    char line[512];
    const size_t got = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[got] = '\0';
    const char *rest = strrchr(line, ')');
    return rest && sscanf(rest, ") %*c %d", &parent) == 1 && parent == getpid();
}

static void kill_children(void)
{
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_child(entry->d_name))
            kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
    }
    if (processes)
        closedir(processes);
}

/* The children of a child that has ended become ours: until there are none. */
static void end_descendants(void)
{
    for (;;) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, __WALL | WNOHANG)) > 0)
            continue;
        if (ended < 0 && errno == ECHILD)
            return;
        kill_children();
        usleep(500);
    }
}

__attribute__((noreturn)) static void keep(pid_t child, bool enclosed)
{
    siginfo_t info = {0};
    /* Its own end is the end of all in their namespace; outside, it has yet to end them. */
    become_keeper(child, enclosed ? SIGKILL : SIGTERM);
    await(child);
    /* One that has stopped itself would be awaited for ever: it is said, too. */
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child)
        report(&(struct vjp_wire_end){.how = info.si_code, .number = info.si_status});
    kill(child, SIGKILL);
    if (!enclosed)
        end_descendants();
    _exit(EXIT_SUCCESS);
}

/* The keeper may be killed by the kernel that it keeps; who waits for it is not. */
__attribute__((noreturn)) static void lead(pid_t keeper)
{
    siginfo_t info = {0};
    become_keeper(keeper, SIGKILL);
    while (waitid(P_PID, (id_t)keeper, &info, WEXITED) != 0 && errno == EINTR)
        continue;
    if (info.si_code == CLD_KILLED)
        report(&(struct vjp_wire_end){.how = VJP_END_OF_KEEPER, .number = info.si_status});
    _exit(EXIT_SUCCESS);
}

__attribute__((noreturn)) static void wait_outside(pid_t init)
{
    become_keeper(init, SIGKILL);
    while (waitpid(init, NULL, 0) < 0 && errno == EINTR)
        continue;
    _exit(EXIT_SUCCESS);
}

void vjp_keeper_split(void)
{
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    const bool enclosed = vjp_namespaces_enter();
    if (enclosed) {
        const pid_t init = fork_tied(true);
        if (init != 0)
            wait_outside(init);
        vjp_namespaces_furnish();
        const pid_t keeper = fork_tied(false);
        if (keeper != 0)
            lead(keeper);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t child = fork_tied(false);
    if (child != 0)
        keep(child, enclosed);
    /* The call's own orphans become children of its process, where they are noticed. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    close(VJP_FD_KEEPER);
    sigprocmask(SIG_SETMASK, &old, NULL);
}
