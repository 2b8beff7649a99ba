/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_HANDLE_H
#define VJP_IMPLS_HOST_WORKER_HANDLE_H

#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "impls/host/observation.h"
#include "impls/host/plugin_info.h"

/* A worker process with one plug-in loaded, and the shared memory between it and us. To be used by
 * one thread: the system ends the process with the thread that started it. */
struct vjp_worker;

struct vjp_worker_options {
    const char *executable; /* path of vjpcheck-worker */
    double call_seconds;    /* a call that takes longer is hung; 0: 10 s */
    int64_t memory_bytes;   /* private memory the worker may have; 0: 8 GiB */
};

/* Starts a worker, loads the plug-in at path in it and reads its descriptor. VJP_ERR_USAGE where
 * the file does not exist, is no shared library, lacks the symbol, has another major version, a
 * struct_size that is too small or a field that breaks the contract, or when loading it crashed or
 * hung: the message says which. The strings of options are copied. */
VJP_MUST_CHECK enum vjp_status vjp_worker_create(const char *path,
                                                 const struct vjp_worker_options *options,
                                                 struct vjp_worker **out, struct vjp_error *error);
void vjp_worker_destroy(struct vjp_worker *worker);

/* Valid until the worker is destroyed. */
const struct vjp_plugin_info *vjp_worker_info(const struct vjp_worker *worker);

/* Runs one kernel (an index into the info) on a case, with full isolation, and says what was seen.
 * A worker that died or had to be ended is replaced before the next run. The status is about us:
 * whatever the kernel does, it is VJP_OK. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_worker_run(struct vjp_worker *worker, int kernel,
                                              const struct vjp_case *c, const struct vjp_data *data,
                                              struct vjp_observation *out, struct vjp_error *error);

/* The next run will be in a fresh process. */
void vjp_worker_renew(struct vjp_worker *worker);

/* How many cases the present process has run: 0 after renew. */
int64_t vjp_worker_age(const struct vjp_worker *worker);

#endif
