/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_CONDUCT_H
#define VJP_IMPLS_HOST_CONDUCT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a kernel does besides computing. The filter of its worker (impls/host/worker/filter.h) has the harness
 * decide on the system calls of acts.inc: those that no kernel has a use for are refused, and the first of them
 * is put into words; what libc, sanitizers, gcov and OpenMP's runtimes do for themselves passes. */
enum vjp_act {
    VJP_ACT_PROCESS,    /* another process, another program */
    VJP_ACT_OTHERS,     /* signals to other processes, a look into their memory */
    VJP_ACT_SESSION,    /* out of the group that is ended with the worker */
    VJP_ACT_DESCRIPTOR, /* descriptors that are the worker's own */
    VJP_ACT_FILE,       /* whatever changes a file system */
    VJP_ACT_SHARED,     /* memory that other processes can have, too */
    VJP_ACT_NETWORK,
    VJP_ACT_HANDLER,
    VJP_ACT_TIMER,
    VJP_ACT_FOLDER,
    VJP_ACT_PROPERTY, /* umask, limits, user, and what prctl sets */
};

/* While it loads, a library may set its process up as it likes, but not leave it; who leaves is not blamed any more. */
enum vjp_phase { VJP_PHASE_LOADING, VJP_PHASE_SERVING, VJP_PHASE_LEAVING };

struct vjp_conduct {
    pid_t worker;
    enum vjp_phase phase;
    int64_t shared_limit; /* bytes of anonymous shared memory that one call may map */
    int64_t shared_bytes;
    bool marked; /* a runtime of OpenMP has registered itself in /dev/shm */
    char text
        [256]; /* of the act that was refused, the first mostly, a sentence without its point; or empty */
    enum vjp_act told; /* it */
    bool shows;        /* it changes what a look at the process shows */
};

/* Answers the system call that waits at the listener. stage is the worker's (enum vjp_stage). */
void vjp_conduct_decide(struct vjp_conduct *conduct, int listener, int32_t stage);

/* Removes what is left of a worker that was ended before it could do so itself. */
void vjp_conduct_clear(const struct vjp_conduct *conduct);

#endif
