/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker_handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "impls/host/call.h"
#include "impls/host/describe.h"
#include "impls/host/holes.h"
#include "impls/host/memory.h"
#include "impls/host/pattern.h"
#include "impls/host/repeat.h"
#include "impls/host/tensors.h"
#include "impls/host/worker.h"

/* How often the pair of calls with either poison is repeated before a difference between them is
 * laid to the poison: a kernel that picks one of two answers by chance passes for one that reads
 * its outputs once in 4^4 = 256 runs in which it differs, or less. */
#define POISON_ROUNDS 4

/* One kernel on one case. */
struct run {
    struct vjp_worker *worker;
    const struct vjp_case *c;
    int kernel;
    struct vjp_tensors tensors;
    struct vjp_observation seen;
};

enum poison { POISON_NAN, POISON_FINITE };

/* False where the kernel cannot be asked: that is a case declined, in our words. */
static bool is_askable(struct run *run)
{
    const struct vjp_kernel_info *kernel = &run->worker->info.kernel[run->kernel];
    char *reason = run->seen.reason;
    const size_t size = sizeof run->seen.reason;
    char name[VJP_WIRE_NAME];
    run->seen.outcome = VJP_DECLINED;
    if (strcmp(kernel->layer, run->c->spec->name) != 0) {
        snprintf(reason, size, "the kernel is for the layer %.200s", kernel->layer);
        return false;
    }
    if (!kernel->has_model[run->c->dtype]) {
        snprintf(reason, size, "the kernel declares no model for %s",
                 vjp_format(run->c->dtype)->name);
        return false;
    }
    for (int slot = 0; slot < vjp_slot_count(run->c->spec); slot++) {
        const int64_t align = run->c->slot[slot].layout.align;
        if (vjp_tensors_is_given(kernel, run->c, slot) && align > 0 &&
            align % kernel->alignment != 0) {
            snprintf(
                reason, size, "the kernel declares alignment %d, the case has %s.align=%" PRId64,
                kernel->alignment, vjp_slot_name(run->c->spec, slot, name, sizeof name), align);
            return false;
        }
    }
    run->seen.outcome = VJP_COMPLETED;
    return true;
}

static int count_windows(const struct run *run)
{
    return run->tensors.n_inputs + run->tensors.n_outputs;
}

/* Sees to it that there is a live process whose windows suffice. Where the plug-in keeps a new one
 * from starting, that is what was seen, and *out of the calls. */
static enum vjp_status provide_process(struct run *run, struct vjp_error *error)
{
    struct vjp_worker *worker = run->worker;
    struct vjp_plugin_info info;
    struct vjp_error failure;
    const int64_t need = run->tensors.bytes;
    const int64_t have = worker->arena.capacity;
    if (worker->spent || run->tensors.sparse || have < need ||
        (have > VJP_ARENA_BYTES && need <= VJP_ARENA_BYTES))
        vjp_worker_renew(worker);
    if (worker->process.pid != 0)
        return VJP_OK;
    enum vjp_status status =
        vjp_worker_start(worker, need, &info, &run->seen.outcome, &run->seen.code, &failure);
    if (run->seen.outcome != VJP_COMPLETED) {
        snprintf(run->seen.reason, sizeof run->seen.reason, "%.*s",
                 (int)sizeof run->seen.reason - 1, failure.text);
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
static bool is_quiet(struct run *run)
{
    struct vjp_end end;
    char name[VJP_WIRE_NAME];
    for (int i = run->tensors.n_inputs; i < count_windows(run); i++) {
        if (vjp_window_is_pure(&run->tensors.window[i]))
            continue;
        vjp_process_stop(&run->worker->process, false, &end);
        run->seen.outcome = VJP_REFUSED;
        snprintf(run->seen.reason, sizeof run->seen.reason,
                 "wrote to the memory of %s after an earlier call had returned",
                 vjp_slot_name(run->c->spec, run->tensors.window[i].slot, name, sizeof name));
        return false;
    }
    return true;
}

static void fill_windows(struct run *run, enum vjp_placement placement, enum poison poison)
{
    for (int i = 0; i < count_windows(run); i++) {
        const struct vjp_window *window = &run->tensors.window[i];
        const struct vjp_tensor *values = run->tensors.values[i];
        void *first = vjp_window_first(window, placement);
        if (values)
            vjp_strided_scatter(&window->strided, values->data, first);
        else if (poison == POISON_FINITE)
            vjp_strided_fill(&window->strided, vjp_pattern_finite(window->dtype), first);
        /* else the canary, which the window is full of, is the poison */
    }
}

static void check_inputs(struct run *run, enum vjp_placement placement)
{
    for (int i = 0; i < run->tensors.n_inputs && !run->seen.input_changed.found; i++) {
        const struct vjp_window *window = &run->tensors.window[i];
        const int64_t at = vjp_strided_difference(
            &window->strided, vjp_window_first(window, placement), run->tensors.values[i]->data);
        if (at >= 0)
            run->seen.input_changed = (struct vjp_touch){.found = true,
                                                         .slot = window->slot,
                                                         .side = VJP_BETWEEN,
                                                         .bytes = at + 1,
                                                         .wrote = true};
    }
}

static void strip_windows(struct run *run, enum vjp_placement placement)
{
    for (int i = 0; i < count_windows(run); i++) {
        struct vjp_touch touch = {0};
        vjp_window_strip(&run->tensors.window[i], placement, &touch);
        if (touch.found && !run->seen.out_of_bounds.found)
            run->seen.out_of_bounds = touch;
    }
}

/* Makes one call and takes its answers, where it completed, to *answers. The windows are canary
 * before and after. */
static bool make_call(struct run *run, enum vjp_placement placement, enum poison poison, bool ask,
                      struct vjp_answers *answers)
{
    const struct vjp_call call = {.kernel = run->kernel,
                                  .c = run->c,
                                  .windows = run->tensors.window,
                                  .n_inputs = run->tensors.n_inputs,
                                  .n_outputs = run->tensors.n_outputs,
                                  .placement = placement,
                                  .ask = ask};
    const struct vjp_arena *arena = &run->worker->arena;
    const int n = count_windows(run);
    struct vjp_holes holes;
    struct vjp_touch touch = {0};
    if (!is_quiet(run))
        return false;
    fill_windows(run, placement, poison);
    if (run->tensors.sparse)
        vjp_holes_note(arena, &holes);
    const bool completed = vjp_call_make(run->worker, &call, &run->seen);
    if (run->tensors.sparse &&
        !vjp_holes_check(arena, &holes, run->tensors.window, n, placement, &touch) &&
        !run->seen.out_of_bounds.found)
        run->seen.out_of_bounds = touch;
    check_inputs(run, placement);
    for (int i = run->tensors.n_inputs; i < n && completed; i++) {
        const struct vjp_window *window = &run->tensors.window[i];
        vjp_strided_gather(&window->strided, vjp_window_first(window, placement),
                           answers->slot[window->slot].data);
    }
    strip_windows(run, placement);
    return completed;
}

static enum vjp_status init_answers(const struct run *run, struct vjp_answers *out,
                                    struct vjp_error *error)
{
    for (int i = run->tensors.n_inputs; i < count_windows(run); i++) {
        const struct vjp_window *window = &run->tensors.window[i];
        const enum vjp_status status =
            vjp_tensor_init(&out->slot[window->slot], window->dtype, &window->shape, error);
        if (status != VJP_OK)
            return status;
    }
    return VJP_OK;
}

/* The calls with the finite poison (second) and with NaN (last) gave different answers. Repeats the
 * pair: where each gives its own answer again, every time, it is the poison that the kernel reads.
 * False where a call did not complete. */
static bool explain_difference(struct run *run, const struct vjp_answers *second,
                               const struct vjp_answers *last, struct vjp_answers *again)
{
    struct vjp_observation *seen = &run->seen;
    int slot;
    int64_t index;
    char name[VJP_WIRE_NAME];
    for (int round = 0; round < POISON_ROUNDS; round++) {
        for (int step = 0; step < 2; step++) {
            /* Every other round in reverse: a kernel whose answers alternate falls out of step. */
            const enum poison poison = (step + round) % 2 ? POISON_NAN : POISON_FINITE;
            if (!make_call(run, VJP_RIGHT, poison, false, again))
                return false;
            if (!vjp_answers_are_same(poison == POISON_FINITE ? second : last, again, false,
                                      &seen->repeat_slot, &seen->repeat_index))
                return true;
        }
    }
    vjp_answers_are_same(second, last, true, &slot, &index);
    seen->reads_old_output = true;
    snprintf(seen->reason, sizeof seen->reason,
             "element %" PRId64 " of %s depends on what the outputs held before the call", index,
             vjp_slot_name(run->c->spec, slot, name, sizeof name));
    return true;
}

/* The three calls, and what their answers say of each other. */
static enum vjp_status make_calls(struct run *run, struct vjp_error *error)
{
    struct vjp_answers first = {0}, second = {0}, last = {0}, again = {0};
    int slot;
    int64_t index;
    enum vjp_status status = init_answers(run, &first, error);
    if (status == VJP_OK)
        status = init_answers(run, &second, error);
    if (status == VJP_OK)
        status = init_answers(run, &last, error);
    if (status != VJP_OK)
        goto cleanup;
    bool completed = make_call(run, VJP_LEFT, POISON_NAN, true, &first) &&
                     make_call(run, VJP_RIGHT, POISON_FINITE, false, &second) &&
                     make_call(run, VJP_RIGHT, POISON_NAN, false, &last);
    if (!completed)
        goto cleanup;
    if (!run->c->accumulate)
        vjp_answers_find_unwritten(&first, &second, &last, &run->seen);
    if (!vjp_answers_are_same(&second, &last, !run->c->accumulate, &slot, &index)) {
        if (run->c->accumulate) {
            run->seen.repeat_slot = slot;
            run->seen.repeat_index = index;
        } else {
            status = init_answers(run, &again, error);
            if (status != VJP_OK)
                goto cleanup;
            completed = explain_difference(run, &second, &last, &again);
        }
    }
    if (completed) {
        memcpy(run->seen.answer[VJP_LEFT], first.slot, sizeof first.slot);
        memcpy(run->seen.answer[VJP_RIGHT], second.slot, sizeof second.slot);
        first = second = (struct vjp_answers){0};
    }
cleanup:
    vjp_answers_clear(&first);
    vjp_answers_clear(&second);
    vjp_answers_clear(&last);
    vjp_answers_clear(&again);
    return status;
}

/* What is seen of the process after the calls: its words, and whether it lives. */
static void close_run(struct run *run)
{
    struct vjp_worker *worker = run->worker;
    struct vjp_end end;
    struct vjp_observation *seen = &run->seen;
    if (seen->fp_environment[0] == '\0')
        memcpy(seen->fp_environment, worker->info.load_damage, sizeof seen->fp_environment);
    if (worker->process.pid == 0) {
        vjp_worker_stop(worker, false, &end);
        return;
    }
    vjp_process_read_log(&worker->process, seen->log, sizeof seen->log);
    worker->age++;
    worker->spent = run->tensors.sparse;
}

static enum vjp_status check_memory(const struct run *run, struct vjp_error *error)
{
    int64_t bytes = 0;
    for (int i = 0; i < count_windows(run); i++) {
        bytes += run->tensors.window[i].live;
        if (i >= run->tensors.n_inputs)
            bytes +=
                4 * run->tensors.window[i].strided.count * run->tensors.window[i].strided.bytes;
    }
    return vjp_memory_check(bytes, error);
}

enum vjp_status vjp_worker_run(struct vjp_worker *worker, int kernel, const struct vjp_case *c,
                               const struct vjp_data *data, struct vjp_observation *out,
                               struct vjp_error *error)
{
    struct run run = {.worker = worker,
                      .c = c,
                      .kernel = kernel,
                      .seen = {.unwritten_slot = -1, .repeat_slot = -1}};
    if (kernel < 0 || kernel >= worker->info.n_kernels)
        return vjp_fail(error, VJP_ERR_INTERNAL, "kernel %d of %d", kernel, worker->info.n_kernels);
    if (!is_askable(&run)) {
        *out = run.seen;
        return VJP_OK;
    }
    enum vjp_status status = vjp_tensors_plan(&run.tensors, &worker->info.kernel[kernel], c, data,
                                              vjp_arena_page(), error);
    if (status == VJP_OK)
        status = check_memory(&run, error);
    if (status == VJP_OK)
        status = provide_process(&run, error);
    if (status != VJP_OK)
        return status;
    if (run.seen.outcome == VJP_COMPLETED) {
        vjp_process_forget_log(&worker->process);
        for (int i = 0; i < count_windows(&run); i++)
            vjp_window_bind(&run.tensors.window[i], &worker->arena);
        status = make_calls(&run, error);
        close_run(&run);
    }
    if (status != VJP_OK) {
        vjp_observation_clear(&run.seen);
        return status;
    }
    *out = run.seen;
    return VJP_OK;
}
