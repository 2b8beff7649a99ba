/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker_handle.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "impls/host/describe.h"
#include "impls/host/fault.h"
#include "impls/host/sanitizer.h"
#include "impls/host/worker.h"

#define CALL_SECONDS 10.0
#define MEMORY_BYTES (INT64_C(8) << 30)
/* Starting a process and loading a library may take longer than a call may. */
#define LOAD_SECONDS 2.0

uint64_t vjp_worker_next_nonce(struct vjp_worker *worker)
{
    worker->nonce = vjp_mix64(worker->nonce + 1);
    return worker->nonce;
}

void vjp_worker_stop(struct vjp_worker *worker, bool may_leave, struct vjp_end *end)
{
    vjp_process_stop(&worker->process, may_leave, end);
    vjp_arena_clear(&worker->arena);
    worker->age = 0;
    worker->spent = false;
}

static void set_up(struct vjp_worker *worker)
{
    struct vjp_wire_setup *setup = &worker->arena.control->setup;
    setup->control_bytes = (int64_t)sizeof(struct vjp_control);
    setup->page = worker->arena.page;
    setup->capacity = worker->arena.capacity;
    setup->memory_bytes = worker->memory_bytes;
    setup->parent = getpid();
    memcpy(setup->path, worker->path, strlen(worker->path) + 1);
}

/* What became of a process that did not come as far as to describe its plug-in. */
static enum vjp_status explain_start(struct vjp_worker *worker, enum vjp_reply reply,
                                     enum vjp_outcome *outcome, int *code, struct vjp_error *error)
{
    char how[128];
    char log[256];
    char conduct[sizeof worker->process.conduct.text + 16] = "";
    struct vjp_end end;
    const int32_t stage = worker->arena.control->answer.stage;
    vjp_process_read_log(&worker->process, log, sizeof log);
    if (worker->process.conduct.text[0])
        snprintf(conduct, sizeof conduct, "; before that, %s", worker->process.conduct.text);
    vjp_worker_stop(worker, reply == VJP_REPLY_DIED, &end);
    if (reply == VJP_REPLY_LATE) {
        snprintf(how, sizeof how, "takes too long");
    } else if (end.signal != 0) {
        char name[VJP_SIGNAL_NAME];
        snprintf(how, sizeof how, "ends the process with %s",
                 vjp_fault_signal_name(end.signal, name));
    } else {
        snprintf(how, sizeof how, "ends the process with exit status %d", end.status);
    }
    const char *wrote = log[0] ? "; it wrote: " : "";
    if (stage < VJP_STAGE_LOADING)
        return vjp_fail(error, VJP_ERR_IO, "the worker %s does not start: it %s%s%s",
                        worker->executable, how, wrote, log);
    *outcome = reply == VJP_REPLY_LATE ? VJP_HUNG : end.signal ? VJP_CRASHED : VJP_EXITED;
    *code = end.signal ? end.signal : end.status;
    return vjp_fail(error, VJP_ERR_USAGE, "%s: %s %s%s%s%s%s", worker->path,
                    stage == VJP_STAGE_LOADING ? "loading it" : "reading its descriptor", how,
                    conduct, wrote, log, vjp_sanitizer_advice(log));
}

enum vjp_status vjp_worker_start(struct vjp_worker *worker, int64_t window_bytes,
                                 struct vjp_plugin_info *info, enum vjp_outcome *outcome, int *code,
                                 struct vjp_error *error)
{
    struct vjp_end end;
    *outcome = VJP_COMPLETED;
    enum vjp_status status = vjp_arena_init(&worker->arena, window_bytes, error);
    if (status != VJP_OK)
        return status;
    struct vjp_control *control = worker->arena.control;
    set_up(worker);
    status = vjp_process_start(&worker->process, worker->executable, &worker->arena, error);
    if (status != VJP_OK) {
        vjp_arena_clear(&worker->arena);
        return status;
    }
    worker->process.conduct.shared_limit = worker->memory_bytes;
    const uint64_t token = vjp_wire_token(control->request.nonce);
    const double seconds =
        worker->call_seconds > LOAD_SECONDS ? worker->call_seconds : LOAD_SECONDS;
    const enum vjp_reply reply = vjp_process_ask(&worker->process, control, false, token, seconds);
    if (reply != VJP_REPLY_ANSWERED)
        return explain_start(worker, reply, outcome, code, error);
    memcpy(worker->window_address, control->window_address, sizeof worker->window_address);
    struct vjp_conduct *conduct = &worker->process.conduct;
    conduct->phase = VJP_PHASE_SERVING;
    struct vjp_wire_descriptor *descriptor = malloc(sizeof *descriptor);
    if (conduct->text[0]) {
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: %s", worker->path, conduct->text);
        free(descriptor);
    } else if (descriptor) {
        *descriptor = control->descriptor;
        status = vjp_describe(worker->path, descriptor, info, error);
        free(descriptor);
    } else {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a plug-in's descriptor");
    }
    if (status != VJP_OK)
        vjp_worker_stop(worker, true, &end);
    return status;
}

/* The absolute path of a plug-in: dlopen would look for a name without a slash elsewhere. */
static enum vjp_status find_plugin(const char *path, char **out, struct vjp_error *error)
{
    struct stat file;
    char *absolute = realpath(path, NULL);
    if (!absolute || stat(absolute, &file) != 0) {
        free(absolute);
        return vjp_fail(error, VJP_ERR_USAGE, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(file.st_mode) || strlen(absolute) >= VJP_WIRE_PATH) {
        free(absolute);
        return vjp_fail(error, VJP_ERR_USAGE, "%s: %s", path,
                        S_ISREG(file.st_mode) ? "the path is too long"
                                              : "not a file, expected a shared library");
    }
    *out = absolute;
    return VJP_OK;
}

enum vjp_status vjp_worker_create(const char *path, const struct vjp_worker_options *options,
                                  struct vjp_worker **out, struct vjp_error *error)
{
    struct timespec t;
    enum vjp_outcome outcome;
    int code;
    struct vjp_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a worker");
    enum vjp_status status = find_plugin(path, &worker->path, error);
    if (status != VJP_OK)
        goto cleanup;
    worker->executable = strdup(options->executable);
    if (!worker->executable) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a worker");
        goto cleanup;
    }
    clock_gettime(CLOCK_MONOTONIC, &t);
    worker->nonce = vjp_mix64((uint64_t)t.tv_nsec ^ (uint64_t)getpid() << 32);
    worker->call_seconds = options->call_seconds > 0 ? options->call_seconds : CALL_SECONDS;
    worker->memory_bytes = options->memory_bytes > 0 ? options->memory_bytes : MEMORY_BYTES;
    status = vjp_worker_start(worker, 0, &worker->info, &outcome, &code, error);
    if (status != VJP_OK)
        goto cleanup;
    *out = worker;
    return VJP_OK;
cleanup:
    vjp_worker_destroy(worker);
    return status;
}

void vjp_worker_destroy(struct vjp_worker *worker)
{
    if (!worker)
        return;
    vjp_worker_renew(worker);
    free(worker->executable);
    free(worker->path);
    free(worker);
}

const struct vjp_plugin_info *vjp_worker_info(const struct vjp_worker *worker)
{
    return &worker->info;
}

void vjp_worker_renew(struct vjp_worker *worker)
{
    struct vjp_end end;
    vjp_worker_stop(worker, true, &end);
}

int64_t vjp_worker_age(const struct vjp_worker *worker)
{
    return worker->age;
}
