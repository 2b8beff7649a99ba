/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_H
#define VJP_IMPLS_HOST_WORKER_H

#include "impls/host/arena.h"
#include "impls/host/process.h"
#include "impls/host/worker_handle.h"

/* What is behind the handle; for this folder only. */
struct vjp_worker {
    char *executable;
    char *path; /* of the plug-in, absolute */
    double call_seconds;
    int64_t memory_bytes;
    struct vjp_plugin_info info;
    struct vjp_arena arena;
    struct vjp_process process; /* pid 0: none; the next run starts one, with a new arena */
    uint64_t window_address[VJP_WINDOWS]; /* in the process */
    uint64_t nonce;
    int64_t age;
    bool spent;                     /* the arena can serve no further case */
    bool lingered[VJP_KERNELS_MAX]; /* the kernel's threads have been waited for, once */
};

/* Starts a process with windows of at least window_bytes, loads the plug-in and describes it to
 * *info. Where the library ended or held up the process while it was loaded, *outcome says how, with
 * the signal or exit status in *code, and the status is VJP_ERR_USAGE; otherwise *outcome is
 * VJP_COMPLETED. */
VJP_MUST_CHECK enum vjp_status vjp_worker_start(struct vjp_worker *worker, int64_t window_bytes,
                                                struct vjp_plugin_info *info,
                                                enum vjp_outcome *outcome, int *code,
                                                struct vjp_error *error);

/* Ends the process, and says how it ended. */
void vjp_worker_stop(struct vjp_worker *worker, bool may_leave, struct vjp_end *end);

/* A number that no request has had. */
uint64_t vjp_worker_next_nonce(struct vjp_worker *worker);

#endif
