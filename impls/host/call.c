/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/call.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "impls/abi/vjp_plugin.h"
#include "impls/host/environment.h"
#include "impls/host/fault.h"
#include "impls/host/foreign.h"

static uint8_t dtype_code(enum vjp_dtype dtype)
{
    if (dtype == VJP_I32)
        return kDLInt;
    return dtype == VJP_BF16 ? kDLBfloat : kDLFloat;
}

/* slot: whose name the tensor has. */
static void set_tensor(struct vjp_wire_tensor *wire, const struct vjp_case *c, int slot,
                       const struct vjp_window *window, enum vjp_placement placement)
{
    vjp_slot_name(c->spec, slot, wire->name, sizeof wire->name);
    wire->dtype_code = dtype_code(window->dtype);
    wire->dtype_bits = (uint8_t)(8 * vjp_format(window->dtype)->bytes);
    wire->window = (int16_t)window->index;
    wire->ndim = window->shape.rank;
    wire->bytes = window->bytes;
    wire->offset = window->offset[placement];
    memcpy(wire->shape, window->shape.dim, sizeof wire->shape);
    memcpy(wire->strides, window->strides, sizeof wire->strides);
}

static void set_attr(struct vjp_wire_attr *wire, const struct vjp_case *c, int a)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[a];
    const bool real = attr->kind == VJP_ATTR_REAL;
    snprintf(wire->name, sizeof wire->name, "%s", attr->name);
    wire->i = real ? 0 : c->attr[a];
    wire->f = real ? c->real[a] : (double)c->attr[a];
}

static void set_request(struct vjp_worker *worker, const struct vjp_call *call)
{
    struct vjp_wire_request *request = &worker->arena.control->request;
    const struct vjp_case *c = call->c;
    request->nonce = vjp_worker_next_nonce(worker);
    request->kernel = call->kernel;
    request->ask = call->ask;
    request->accumulate = c->accumulate;
    request->in_place = c->in_place;
    request->threads = c->threads;
    request->n_inputs = call->n_inputs;
    request->n_outputs = call->n_outputs;
    request->n_attrs = c->spec->n_attrs;
    request->repeats = call->repeats;
    for (int i = 0; i < call->n_inputs + call->n_outputs; i++)
        set_tensor(&request->tensor[i], c, call->windows[i].slot, &call->windows[i],
                   call->placement);
    /* The cotangent is the last of the inputs, the first gradient the first of the outputs. */
    if (c->in_place)
        set_tensor(&request->tensor[call->n_inputs - 1], c, vjp_slot_cotangent(c->spec),
                   &call->windows[call->n_inputs], call->placement);
    for (int a = 0; a < c->spec->n_attrs; a++)
        set_attr(&request->attr[a], c, a);
}

/* The first change that is seen is kept. */
static void note_environment(const struct vjp_wire_answer *answer, struct vjp_observation *seen)
{
    char *text = seen->fp_environment;
    if (text[0] == '\0')
        vjp_environment_explain("supports", &answer->fp[0], &answer->fp[1], text,
                                sizeof seen->fp_environment);
    if (text[0] == '\0')
        vjp_environment_explain("the call", &answer->fp[0], &answer->fp[2], text,
                                sizeof seen->fp_environment);
}

static bool conclude(struct vjp_observation *seen, enum vjp_outcome outcome, int code,
                     const char *format, ...) VJP_PRINTF(4, 5);

static bool conclude(struct vjp_observation *seen, enum vjp_outcome outcome, int code,
                     const char *format, ...)
{
    va_list args;
    seen->outcome = outcome;
    seen->code = code;
    va_start(args, format);
    vsnprintf(seen->reason, sizeof seen->reason, format, args);
    va_end(args);
    return false;
}

/* Whether the call did, or left changed, what is not its to change. */
static bool note_conduct(const struct vjp_worker *worker, const struct vjp_wire_answer *answer,
                         struct vjp_observation *seen)
{
    char left[VJP_WIRE_TEXT];
    const char *refused = worker->process.conduct.text;
    vjp_foreign_text(left, sizeof left, answer->left, sizeof answer->left);
    seen->conduct_shows = refused[0] ? worker->process.conduct.shows : left[0] != '\0';
    if (refused[0])
        snprintf(seen->conduct, sizeof seen->conduct, "%s", refused);
    else if (left[0])
        snprintf(seen->conduct, sizeof seen->conduct, "the call %.*s",
                 (int)sizeof seen->conduct - 16, left);
    return seen->conduct[0] != '\0';
}

/* The process is alive and has answered. */
static bool judge_answer(struct vjp_worker *worker, const struct vjp_wire_answer *answer,
                         struct vjp_observation *seen)
{
    char reason[VJP_WIRE_TEXT];
    struct vjp_end end;
    vjp_foreign_text(reason, sizeof reason, answer->reason, sizeof answer->reason);
    note_environment(answer, seen);
    if (note_conduct(worker, answer, seen)) {
        vjp_process_stop(&worker->process, false, &end);
        return conclude(seen, VJP_REFUSED, 0, "%s", seen->conduct);
    }
    /* A kernel that takes the handlers of faults can hide that it reads and writes where it must
     * not: what it did under them is not known, and it has ended its worker's usefulness. */
    if (answer->handler != 0) {
        char name[VJP_SIGNAL_NAME];
        vjp_process_stop(&worker->process, false, &end);
        return conclude(seen, VJP_CRASHED, answer->handler,
                        "the call replaced the handler of %s, and so could hide faults",
                        vjp_fault_signal_name(answer->handler, name));
    }
    if (answer->supported == 0)
        return conclude(seen, VJP_DECLINED, 0, "%s", reason);
    if (answer->supported != 1)
        return conclude(seen, VJP_REFUSED, answer->supported,
                        "supports returned %" PRId32 ", expected 0 or 1", answer->supported);
    if (answer->code == VJP_ABI_UNSUPPORTED)
        return conclude(seen, VJP_DECLINED, 0, "run returned VJP_ABI_UNSUPPORTED");
    if (answer->code != VJP_ABI_DONE)
        return conclude(seen, VJP_REFUSED, answer->code, "run returned %" PRId32, answer->code);
    return true;
}

static const char *stage_words(int32_t stage)
{
    switch (stage) {
    case VJP_STAGE_NONE:
        return "between two calls";
    case VJP_STAGE_ASKING:
        return "in supports";
    case VJP_STAGE_RUNNING:
        return "in run";
    default:
        return "around the call";
    }
}

static void judge_death(struct vjp_worker *worker, const struct vjp_call *call,
                        const struct vjp_wire_answer *answer, struct vjp_observation *seen)
{
    struct vjp_end end;
    const char *where = stage_words(answer->stage);
    vjp_process_stop(&worker->process, true, &end);
    if (end.signal == 0) {
        conclude(seen, VJP_EXITED, end.status, "the process ended with exit status %d %s",
                 end.status, where);
        return;
    }
    char name[VJP_SIGNAL_NAME];
    conclude(seen, VJP_CRASHED, end.signal, "%s %s%s", vjp_fault_signal_name(end.signal, name),
             where,
             end.signal == SIGKILL
                 ? ", by itself or by the system, which ends processes where memory runs out"
                 : "");
    if (answer->fault.signal == end.signal)
        vjp_fault_explain(worker, call, &answer->fault, seen);
}

static void judge_silence(struct vjp_worker *worker, const struct vjp_wire_answer *answer,
                          struct vjp_observation *seen)
{
    struct vjp_end end;
    const int stopped = vjp_process_stopped(&worker->process);
    char name[VJP_SIGNAL_NAME];
    const char *where = stage_words(answer->stage);
    vjp_process_stop(&worker->process, false, &end);
    if (stopped)
        conclude(seen, VJP_HUNG, 0, "no answer after %g s %s: stopped by %s", worker->call_seconds,
                 where, vjp_fault_signal_name(stopped, name));
    else
        conclude(seen, VJP_HUNG, 0, "no answer after %g s %s", worker->call_seconds, where);
}

bool vjp_call_make(struct vjp_worker *worker, const struct vjp_call *call,
                   struct vjp_observation *seen)
{
    struct vjp_control *control = worker->arena.control;
    set_request(worker, call);
    const uint64_t token = vjp_wire_token(control->request.nonce);
    memset(&control->answer, 0, sizeof control->answer);
    const enum vjp_reply reply =
        vjp_process_ask(&worker->process, control, true, token, worker->call_seconds);
    const struct vjp_wire_answer answer = control->answer;
    if (reply == VJP_REPLY_ANSWERED)
        return judge_answer(worker, &answer, seen);
    vjp_process_read_log(&worker->process, seen->log, sizeof seen->log);
    note_conduct(worker, &(struct vjp_wire_answer){0}, seen);
    if (reply == VJP_REPLY_DIED)
        judge_death(worker, call, &answer, seen);
    else
        judge_silence(worker, &answer, seen);
    return false;
}
