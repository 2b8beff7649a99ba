/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "impls/host/call.h"
#include "impls/host/describe.h"
#include "impls/host/memory.h"
#include "impls/host/pattern.h"

/* How long a thread that a call has left behind is watched: a pool's thread that is told to go on
 * after the caller has woken is on its way within a few slices of the scheduler, 4 ms each or less. */
#define LINGER_NANOSECONDS 50000000

/* False where the kernel cannot be asked: that is a case declined, in our words. */
static bool is_askable(struct vjp_session *session)
{
    const struct vjp_kernel_info *kernel = &session->worker->info.kernel[session->kernel];
    char *reason = session->seen.reason;
    const size_t size = sizeof session->seen.reason;
    char name[VJP_WIRE_NAME];
    session->seen.outcome = VJP_DECLINED;
    if (strcmp(kernel->layer, session->c->spec->name) != 0) {
        snprintf(reason, size, "the kernel is for the layer %.200s", kernel->layer);
        return false;
    }
    if (!kernel->has_model[session->c->dtype]) {
        snprintf(reason, size, "the kernel declares no model for %s",
                 vjp_format(session->c->dtype)->name);
        return false;
    }
    if (session->c->left_out != 0 && !kernel->some_gradients) {
        snprintf(reason, size, "the kernel declares no calls for some of the gradients");
        return false;
    }
    if (session->c->in_place && !kernel->in_place) {
        snprintf(reason, size, "the kernel declares no calls in place");
        return false;
    }
    for (int slot = 0; slot < vjp_slot_count(session->c->spec); slot++) {
        const int64_t align = session->c->slot[slot].layout.align;
        if (session->c->slot[slot].layout.expand != 0 && !kernel->zero_strides &&
            vjp_tensors_is_given(kernel, session->c, slot)) {
            snprintf(reason, size,
                     "the plug-in was made for a contract before 1.4, in which no stride is 0");
            return false;
        }
        if (vjp_tensors_is_given(kernel, session->c, slot) && align > 0 &&
            align % kernel->alignment != 0) {
            snprintf(
                reason, size, "the kernel declares alignment %d, the case has %s.align=%" PRId64,
                kernel->alignment, vjp_slot_name(session->c->spec, slot, name, sizeof name), align);
            return false;
        }
    }
    session->seen.outcome = VJP_COMPLETED;
    return true;
}

static int count_windows(const struct vjp_session *session)
{
    return session->tensors.n_inputs + session->tensors.n_outputs;
}

/* Sees to it that there is a live process whose windows suffice. Where the plug-in keeps a new one
 * from starting, that is what was seen, and *out of the calls. */
static enum vjp_status provide_process(struct vjp_session *session, struct vjp_error *error)
{
    struct vjp_worker *worker = session->worker;
    struct vjp_plugin_info info;
    struct vjp_error failure;
    const int64_t need = session->tensors.bytes;
    const int64_t have = worker->arena.capacity;
    if (worker->spent || session->tensors.sparse || have < need ||
        (have > VJP_ARENA_BYTES && need <= VJP_ARENA_BYTES))
        vjp_worker_renew(worker);
    if (worker->process.pid != 0)
        return VJP_OK;
    enum vjp_status status = vjp_worker_start(worker, need, &info, &session->seen.outcome,
                                              &session->seen.code, &failure);
    if (session->seen.outcome != VJP_COMPLETED) {
        snprintf(session->seen.reason, sizeof session->seen.reason, "%.*s",
                 (int)sizeof session->seen.reason - 1, failure.text);
        return VJP_OK;
    }
    if (status == VJP_OK && !vjp_describe_is_equal(&info, &worker->info)) {
        vjp_worker_renew(worker);
        status = vjp_fail(&failure, VJP_ERR_USAGE, "%s: the plug-in is not the one that it was",
                          worker->path);
    }
    if (status != VJP_OK)
        return vjp_fail(error, status, "%s", failure.text);
    return VJP_OK;
}

/* Between calls nobody writes. Where a thread of the kernel did, its process is of no further use. */
static bool is_quiet(struct vjp_session *session)
{
    struct vjp_end end;
    char name[VJP_WIRE_NAME];
    for (int i = session->tensors.n_inputs; i < count_windows(session); i++) {
        if (vjp_window_is_pure(&session->tensors.window[i]))
            continue;
        vjp_process_stop(&session->worker->process, false, &end);
        session->seen.outcome = VJP_REFUSED;
        snprintf(
            session->seen.reason, sizeof session->seen.reason,
            "wrote to the memory of %s after an earlier call had returned",
            vjp_slot_name(session->c->spec, session->tensors.window[i].slot, name, sizeof name));
        return false;
    }
    return true;
}

static void fill_windows(struct vjp_session *session, enum vjp_placement placement,
                         enum vjp_poison poison)
{
    for (int i = 0; i < count_windows(session); i++) {
        const struct vjp_window *window = &session->tensors.window[i];
        const struct vjp_tensor *values = session->tensors.values[i];
        void *first = vjp_window_first(window, placement);
        if (values)
            vjp_strided_scatter(&window->strided, values->data, first);
        else if (poison == VJP_POISON_FINITE)
            vjp_strided_fill(&window->strided, vjp_pattern_finite(window->dtype), first);
        /* else the canary, which the window is full of, is the poison */
    }
}

static void check_inputs(struct vjp_session *session, enum vjp_placement placement)
{
    for (int i = 0; i < session->tensors.n_inputs && !session->seen.input_changed.found; i++) {
        const struct vjp_window *window = &session->tensors.window[i];
        const int64_t at =
            vjp_strided_difference(&window->strided, vjp_window_first(window, placement),
                                   session->tensors.values[i]->data);
        if (at >= 0)
            session->seen.input_changed = (struct vjp_touch){.found = true,
                                                             .slot = window->slot,
                                                             .side = VJP_BETWEEN,
                                                             .bytes = at + 1,
                                                             .wrote = true};
    }
}

/* The windows from the first on that is named. */
static void strip_windows(struct vjp_session *session, enum vjp_placement placement, int first)
{
    for (int i = first; i < count_windows(session); i++) {
        struct vjp_touch touch = {0};
        vjp_window_strip(&session->tensors.window[i], placement, &touch);
        if (touch.found && !session->seen.out_of_bounds.found)
            session->seen.out_of_bounds = touch;
    }
}

static enum vjp_status check_memory(const struct vjp_session *session, struct vjp_error *error)
{
    int64_t bytes = 0;
    for (int i = 0; i < count_windows(session); i++) {
        bytes += session->tensors.window[i].live;
        if (i >= session->tensors.n_inputs)
            bytes += 4 * session->tensors.window[i].strided.count *
                     session->tensors.window[i].strided.bytes;
    }
    return vjp_memory_check(bytes, error);
}

enum vjp_status vjp_session_open(struct vjp_session *out, struct vjp_worker *worker, int kernel,
                                 const struct vjp_case *c, const struct vjp_data *data,
                                 struct vjp_error *error)
{
    struct vjp_session session = {.worker = worker,
                                  .c = c,
                                  .kernel = kernel,
                                  .seen = {.unwritten_slot = -1, .repeat_slot = -1}};
    if (kernel < 0 || kernel >= worker->info.n_kernels)
        return vjp_fail(error, VJP_ERR_INTERNAL, "kernel %d of %d", kernel, worker->info.n_kernels);
    if (!is_askable(&session)) {
        *out = session;
        return VJP_OK;
    }
    enum vjp_status status = vjp_tensors_plan(&session.tensors, &worker->info.kernel[kernel], c,
                                              data, vjp_arena_page(), error);
    if (status == VJP_OK)
        status = check_memory(&session, error);
    if (status == VJP_OK)
        status = provide_process(&session, error);
    if (status != VJP_OK)
        return status;
    if (session.seen.outcome == VJP_COMPLETED) {
        vjp_process_forget_log(&worker->process);
        for (int i = 0; i < count_windows(&session); i++)
            vjp_window_bind(&session.tensors.window[i], &worker->arena);
    }
    *out = session;
    return VJP_OK;
}

void vjp_session_close(struct vjp_session *session)
{
    struct vjp_worker *worker = session->worker;
    struct vjp_end end;
    struct vjp_observation *seen = &session->seen;
    if (seen->fp_environment[0] == '\0')
        memcpy(seen->fp_environment, worker->info.load_damage, sizeof seen->fp_environment);
    if (worker->process.pid == 0) {
        vjp_worker_stop(worker, false, &end);
        return;
    }
    vjp_process_read_log(&worker->process, seen->log, sizeof seen->log);
    worker->age++;
    worker->spent = session->tensors.sparse;
}

/* The links of a folder are its entries and two (proc(5)). */
static bool has_threads(const struct vjp_process *process)
{
    char path[64];
    struct stat tasks;
    snprintf(path, sizeof path, "/proc/%d/task", (int)process->pid);
    return stat(path, &tasks) == 0 && tasks.st_nlink > 3;
}

bool vjp_session_linger(struct vjp_session *session)
{
    const struct timespec while_threads_work = {.tv_nsec = LINGER_NANOSECONDS};
    bool *lingered = &session->worker->lingered[session->kernel];
    if (*lingered || session->worker->age > 0)
        return true;
    const bool waits = has_threads(&session->worker->process);
    if (waits)
        nanosleep(&while_threads_work, NULL);
    if (!is_quiet(session))
        return false;
    *lingered = waits;
    return true;
}

bool vjp_session_prepare(struct vjp_session *session, enum vjp_placement placement,
                         enum vjp_poison poison)
{
    if (!is_quiet(session))
        return false;
    fill_windows(session, placement, poison);
    if (session->tensors.sparse)
        vjp_holes_note(&session->worker->arena, &session->holes);
    return true;
}

bool vjp_session_call(struct vjp_session *session, enum vjp_placement placement, bool ask,
                      int repeats)
{
    const struct vjp_call call = {.kernel = session->kernel,
                                  .c = session->c,
                                  .windows = session->tensors.window,
                                  .n_inputs = session->tensors.n_inputs,
                                  .n_outputs = session->tensors.n_outputs,
                                  .placement = placement,
                                  .ask = ask,
                                  .repeats = repeats};
    return vjp_call_make(session->worker, &call, &session->seen);
}

static void gather_outputs(const struct vjp_session *session, enum vjp_placement placement,
                           struct vjp_answers *answers)
{
    for (int i = session->tensors.n_inputs; i < count_windows(session); i++) {
        const struct vjp_window *window = &session->tensors.window[i];
        vjp_strided_gather(&window->strided, vjp_window_first(window, placement),
                           answers->slot[window->slot].data);
    }
}

void vjp_session_take_outputs(struct vjp_session *session, enum vjp_placement placement,
                              struct vjp_answers *answers)
{
    gather_outputs(session, placement, answers);
    strip_windows(session, placement, session->tensors.n_inputs);
}

void vjp_session_collect(struct vjp_session *session, enum vjp_placement placement,
                         struct vjp_answers *answers)
{
    const struct vjp_tensors *tensors = &session->tensors;
    const int n = count_windows(session);
    struct vjp_touch touch = {0};
    if (tensors->sparse &&
        !vjp_holes_check(&session->worker->arena, &session->holes, tensors->window, n, placement,
                         &touch) &&
        !session->seen.out_of_bounds.found)
        session->seen.out_of_bounds = touch;
    check_inputs(session, placement);
    if (answers)
        gather_outputs(session, placement, answers);
    strip_windows(session, placement, 0);
}

enum vjp_status vjp_session_init_answers(const struct vjp_session *session, struct vjp_answers *out,
                                         struct vjp_error *error)
{
    for (int i = session->tensors.n_inputs; i < count_windows(session); i++) {
        const struct vjp_window *window = &session->tensors.window[i];
        const enum vjp_status status =
            vjp_tensor_init(&out->slot[window->slot], window->dtype, &window->shape, error);
        if (status != VJP_OK)
            return status;
    }
    return VJP_OK;
}
