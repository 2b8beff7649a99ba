/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/fault.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(struct vjp_observation *seen, const char *format, ...) VJP_PRINTF(2, 3);

static void add(struct vjp_observation *seen, const char *format, ...)
{
    va_list args;
    const size_t n = strlen(seen->reason);
    va_start(args, format);
    vsnprintf(seen->reason + n, sizeof seen->reason - n, format, args);
    va_end(args);
}

static const char *access_words(int32_t wrote)
{
    return wrote == 1 ? "wrote" : wrote == 0 ? "read" : "touched";
}

/* The window whose pages or guards the address is in, or -1. *offset counts from its start. */
static int find_window(const struct vjp_worker *worker, uint64_t address, int64_t *offset)
{
    const uint64_t guard = VJP_GUARD_BYTES;
    const uint64_t capacity = (uint64_t)worker->arena.capacity;
    for (int w = 0; w < VJP_WINDOWS; w++) {
        const uint64_t from_guard = address - (worker->window_address[w] - guard);
        if (from_guard < capacity + 2 * guard) {
            *offset = (int64_t)from_guard - (int64_t)guard;
            return w;
        }
    }
    return -1;
}

static const struct vjp_window *find_tensor(const struct vjp_call *call, int index)
{
    for (int i = 0; i < call->n_inputs + call->n_outputs; i++) {
        if (call->windows[i].index == index)
            return &call->windows[i];
    }
    return NULL;
}

static void note_touch(const struct vjp_call *call, const struct vjp_window *window, int64_t offset,
                       int32_t wrote, struct vjp_observation *seen)
{
    static const char *const sides[] = {[VJP_BEFORE] = "before the first element",
                                        [VJP_AFTER] = "after the last element",
                                        [VJP_BETWEEN] = "after the end of a row"};
    char name[VJP_WIRE_NAME];
    struct vjp_touch touch;
    vjp_slot_name(call->c->spec, window->slot, name, sizeof name);
    if (vjp_window_locate(window, call->placement, offset, &touch)) {
        touch.wrote = wrote == 1;
        add(seen, ": %s %" PRId64 " bytes %s of %s", access_words(wrote), touch.bytes,
            sides[touch.side], name);
        if (!seen->out_of_bounds.found)
            seen->out_of_bounds = touch;
    } else if (window->index < VJP_INPUT_WINDOWS && wrote == 1) {
        add(seen, ": wrote to %s, which is read-only", name);
        seen->input_changed =
            (struct vjp_touch){.found = true,
                               .slot = window->slot,
                               .side = VJP_BETWEEN,
                               .bytes = offset - window->offset[call->placement] + 1,
                               .wrote = true};
    } else {
        add(seen, ": %s %s", access_words(wrote), name);
    }
}

const char *vjp_fault_signal_name(int signal, char name[VJP_SIGNAL_NAME])
{
    const char *known = sigabbrev_np(signal);
    if (known)
        snprintf(name, VJP_SIGNAL_NAME, "SIG%s", known);
    else
        snprintf(name, VJP_SIGNAL_NAME, "signal %d", signal);
    return name;
}

/* A process that ends for want of memory mostly does so a little below the limit, where its last wish did not fit.
 * One that has more has no limit (impls/host/worker/limits.c). */
static void explain_memory(const struct vjp_worker *worker, const struct vjp_wire_fault *fault,
                           struct vjp_observation *seen)
{
    if (fault->data_bytes > worker->memory_bytes - worker->memory_bytes / 8 &&
        fault->data_bytes <= worker->memory_bytes)
        add(seen, "; it had %" PRId64 " MiB of private memory, and its limit is %" PRId64 " MiB",
            fault->data_bytes >> 20, worker->memory_bytes >> 20);
}

static void explain_address(const struct vjp_worker *worker, const struct vjp_call *call,
                            const struct vjp_wire_fault *fault, struct vjp_observation *seen)
{
    int64_t offset;
    if (fault->signal != SIGSEGV && fault->signal != SIGBUS)
        return;
    if (!fault->has_address) {
        if (fault->signal == SIGSEGV)
            add(seen, ": no address is known; an aligned vector access to an address that is not "
                      "aligned, or a pointer that is none");
        return;
    }
    seen->address = fault->address;
    const int index = find_window(worker, fault->address, &offset);
    const struct vjp_window *window = index < 0 ? NULL : find_tensor(call, index);
    if (window)
        note_touch(call, window, offset, fault->wrote, seen);
    else if (index >= 0)
        add(seen, ": %s memory of a tensor that an earlier call had", access_words(fault->wrote));
    else
        add(seen, ": %s address 0x%" PRIx64, access_words(fault->wrote), fault->address);
}

void vjp_fault_explain(const struct vjp_worker *worker, const struct vjp_call *call,
                       const struct vjp_wire_fault *fault, struct vjp_observation *seen)
{
    explain_address(worker, call, fault, seen);
    explain_memory(worker, fault, seen);
}
