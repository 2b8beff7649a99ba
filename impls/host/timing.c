/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "impls/host/pattern.h"
#include "impls/host/session.h"

_Static_assert(VJP_TIMING_CALLS_MAX == VJP_TIMES_MAX, "a block is one request");

struct vjp_timing {
    struct vjp_session session;
    struct vjp_answers answers;
    bool opened;   /* the session has a process */
    bool prepared; /* the operands are in the windows */
    bool asked;    /* supports has been called */
    bool answered; /* answers are those of a block */
};

enum vjp_status vjp_timing_begin(struct vjp_worker *worker, int kernel, const struct vjp_case *c,
                                 const struct vjp_data *data, struct vjp_timing **out,
                                 struct vjp_error *error)
{
    if (c->accumulate || c->in_place)
        return vjp_fail(error, VJP_ERR_INTERNAL,
                        "a timed case must not accumulate, nor be in place");
    struct vjp_timing *timing = calloc(1, sizeof *timing);
    if (!timing)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for timed calls");
    enum vjp_status status = vjp_session_open(&timing->session, worker, kernel, c, data, error);
    if (status == VJP_OK)
        status = vjp_session_init_answers(&timing->session, &timing->answers, error);
    if (status != VJP_OK) {
        vjp_answers_clear(&timing->answers);
        free(timing);
        return status;
    }
    timing->opened = timing->session.seen.outcome == VJP_COMPLETED;
    if (timing->opened) {
        timing->prepared = vjp_session_prepare(&timing->session, VJP_LEFT, VJP_POISON_NAN);
        vjp_process_hold(&worker->process, true);
    }
    *out = timing;
    return VJP_OK;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The times lie in memory that foreign code can write: together they are no longer than we waited. */
static bool copy_times(const struct vjp_control *control, int calls, int64_t waited, int64_t *out)
{
    int64_t left = waited;
    memcpy(out, control->times, (size_t)calls * sizeof *out);
    for (int i = 0; i < calls; i++) {
        if (out[i] < 0 || out[i] > left)
            return false;
        left -= out[i];
    }
    return true;
}

bool vjp_timing_block(struct vjp_timing *timing, int calls, int64_t *nanoseconds)
{
    struct vjp_session *session = &timing->session;
    struct vjp_worker *worker = session->worker;
    if (session->seen.outcome != VJP_COMPLETED)
        return false;
    const int64_t start = now();
    vjp_process_hold(&worker->process, false);
    const bool completed = vjp_session_call(session, VJP_LEFT, !timing->asked, calls);
    timing->asked = true;
    const int64_t waited = now() - start;
    vjp_process_hold(&worker->process, true);
    if (!completed)
        return false;
    vjp_session_take_outputs(session, VJP_LEFT, &timing->answers);
    timing->answered = true;
    if (copy_times(worker->arena.control, calls, waited, nanoseconds))
        return true;
    session->seen.outcome = VJP_REFUSED;
    snprintf(session->seen.reason, sizeof session->seen.reason,
             "wrote to the worker's own memory: the times in it are not possible");
    return false;
}

static int64_t sum_bytes(const struct vjp_tensors *tensors, int from, int to)
{
    int64_t bytes = 0;
    for (int i = from; i < to; i++)
        bytes += tensors->window[i].strided.count * tensors->window[i].strided.bytes;
    return bytes;
}

int64_t vjp_timing_bytes_read(const struct vjp_timing *timing)
{
    const struct vjp_tensors *tensors = &timing->session.tensors;
    return sum_bytes(tensors, 0, tensors->n_inputs);
}

int64_t vjp_timing_bytes_written(const struct vjp_timing *timing)
{
    const struct vjp_tensors *tensors = &timing->session.tensors;
    return sum_bytes(tensors, tensors->n_inputs, tensors->n_inputs + tensors->n_outputs);
}

static bool has_answers(const struct vjp_timing *timing)
{
    return timing->session.seen.outcome == VJP_COMPLETED && timing->answered;
}

void vjp_timing_look(const struct vjp_timing *timing, struct vjp_observation *out)
{
    *out = timing->session.seen;
    if (has_answers(timing))
        memcpy(out->answer[VJP_LEFT], timing->answers.slot, sizeof timing->answers.slot);
}

void vjp_timing_find_unwritten(struct vjp_observation *seen)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        const struct vjp_tensor *t = &seen->answer[VJP_LEFT][slot];
        const uint64_t poison = vjp_pattern_canary(t->dtype, true);
        for (int64_t i = 0; i < t->count; i++) {
            if (vjp_tensor_get(t, i) != poison || seen->unwritten_count++ > 0)
                continue;
            seen->unwritten_slot = slot;
            seen->unwritten_index = i;
        }
    }
}

void vjp_timing_end(struct vjp_timing *timing, struct vjp_observation *out)
{
    struct vjp_session *session = &timing->session;
    vjp_process_hold(&session->worker->process, false);
    if (timing->prepared)
        vjp_session_collect(session, VJP_LEFT, NULL);
    if (timing->opened)
        vjp_session_close(session);
    vjp_timing_look(timing, out);
    if (has_answers(timing)) /* they are the caller's now */
        timing->answers = (struct vjp_answers){0};
    vjp_answers_clear(&timing->answers);
    free(timing);
}
