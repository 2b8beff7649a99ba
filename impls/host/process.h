/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_PROCESS_H
#define VJP_IMPLS_HOST_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cases/base/status.h"
#include "impls/host/arena.h"
#include "impls/host/conduct.h"

/* A worker process: the head of a session and process group of its own, ended by the kernel when
 * the thread that started it ends. Zeroed: there is none. */
struct vjp_process {
    pid_t pid;
    int pidfd;
    int request_read; /* kept, so that writing never meets a pipe without a reader */
    int request_write;
    int answer_read;
    int log_fd;   /* what it writes to stdout and stderr */
    int handover; /* where the listener of its filter comes from */
    int listener; /* 0: it has no filter, or not yet */
    struct vjp_conduct conduct;
};

enum vjp_reply {
    VJP_REPLY_ANSWERED,
    VJP_REPLY_DIED,
    VJP_REPLY_LATE,
};

/* How a process ended: by a signal, or (signal 0) with an exit status. */
struct vjp_end {
    int signal;
    int status;
};

/* Starts the executable with the arena in its descriptors. arena->control->setup is filled in. */
VJP_MUST_CHECK enum vjp_status vjp_process_start(struct vjp_process *out, const char *executable,
                                                 const struct vjp_arena *arena,
                                                 struct vjp_error *error);

/* Wakes the worker and waits until the answer's token is there, the process ended or the time is
 * up. wake false: only waits. Decides meanwhile on what it asks by its filter (process->conduct). */
enum vjp_reply vjp_process_ask(struct vjp_process *process, struct vjp_control *control, bool wake,
                               uint64_t token, double seconds);

/* Whether a signal has stopped the process; which one, or 0. */
int vjp_process_stopped(const struct vjp_process *process);

/* Stops every thread of the process's group where it is, or lets them all go on. Nothing where there is no
 * process. */
void vjp_process_hold(const struct vjp_process *process, bool held);

/* Ends the process and all of its group, and leaves nothing of them: no zombie, no descriptor. A
 * process that waits for a request is first given the time to leave by itself, as one that has
 * died has: it is not killed then, and *end says how it ended. */
void vjp_process_stop(struct vjp_process *process, bool may_leave, struct vjp_end *end);

/* Copies the end of what the worker has written since the last vjp_process_forget_log. */
void vjp_process_read_log(const struct vjp_process *process, char *out, size_t size);
void vjp_process_forget_log(const struct vjp_process *process);

#endif
