/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker_handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "impls/host/session.h"

/* How often the pair of calls with either poison is repeated before a difference between them is
 * laid to the poison: a kernel that picks one of two answers by chance passes for one that reads
 * its outputs once in 4^4 = 256 runs in which it differs, or less. */
#define POISON_ROUNDS 4

/* Makes one call and takes its answers, where it completed, to *answers. */
static bool make_call(struct vjp_session *run, enum vjp_placement placement, enum vjp_poison poison,
                      bool ask, struct vjp_answers *answers)
{
    if (!vjp_session_prepare(run, placement, poison))
        return false;
    const bool completed = vjp_session_call(run, placement, ask, 1);
    vjp_session_collect(run, placement, completed ? answers : NULL);
    return completed;
}

/* The calls with the finite poison (second) and with NaN (last) gave different answers. Repeats the
 * pair: where each gives its own answer again, every time, it is the poison that the kernel reads.
 * False where a call did not complete. */
static bool explain_difference(struct vjp_session *run, const struct vjp_answers *second,
                               const struct vjp_answers *last, struct vjp_answers *again)
{
    struct vjp_observation *seen = &run->seen;
    int slot;
    int64_t index;
    char name[VJP_WIRE_NAME];
    for (int round = 0; round < POISON_ROUNDS; round++) {
        for (int step = 0; step < 2; step++) {
            /* Every other round in reverse: a kernel whose answers alternate falls out of step. */
            const enum vjp_poison poison = (step + round) % 2 ? VJP_POISON_NAN : VJP_POISON_FINITE;
            if (!make_call(run, VJP_RIGHT, poison, false, again))
                return false;
            if (!vjp_answers_are_same(poison == VJP_POISON_FINITE ? second : last, again, false,
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
static enum vjp_status make_calls(struct vjp_session *run, struct vjp_error *error)
{
    struct vjp_answers first = {0}, second = {0}, last = {0}, again = {0};
    int slot;
    int64_t index;
    enum vjp_status status = vjp_session_init_answers(run, &first, error);
    if (status == VJP_OK)
        status = vjp_session_init_answers(run, &second, error);
    if (status == VJP_OK)
        status = vjp_session_init_answers(run, &last, error);
    if (status != VJP_OK)
        goto cleanup;
    bool completed = make_call(run, VJP_LEFT, VJP_POISON_NAN, true, &first) &&
                     make_call(run, VJP_RIGHT, VJP_POISON_FINITE, false, &second) &&
                     make_call(run, VJP_RIGHT, VJP_POISON_NAN, false, &last);
    if (!completed)
        goto cleanup;
    if (!run->c->accumulate)
        vjp_answers_find_unwritten(&first, &second, &last, &run->seen);
    if (!vjp_answers_are_same(&second, &last, !run->c->accumulate, &slot, &index)) {
        if (run->c->accumulate) {
            run->seen.repeat_slot = slot;
            run->seen.repeat_index = index;
        } else {
            status = vjp_session_init_answers(run, &again, error);
            if (status != VJP_OK)
                goto cleanup;
            completed = explain_difference(run, &second, &last, &again);
        }
    }
    if (completed && vjp_session_linger(run)) {
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

enum vjp_status vjp_worker_run(struct vjp_worker *worker, int kernel, const struct vjp_case *c,
                               const struct vjp_data *data, struct vjp_observation *out,
                               struct vjp_error *error)
{
    struct vjp_session run;
    enum vjp_status status = vjp_session_open(&run, worker, kernel, c, data, error);
    if (status != VJP_OK)
        return status;
    if (run.seen.outcome == VJP_COMPLETED) {
        status = make_calls(&run, error);
        vjp_session_close(&run);
    }
    if (status != VJP_OK) {
        vjp_observation_clear(&run.seen);
        return status;
    }
    *out = run.seen;
    return VJP_OK;
}
