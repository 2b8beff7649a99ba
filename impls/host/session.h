/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_SESSION_H
#define VJP_IMPLS_HOST_SESSION_H

#include "impls/host/holes.h"
#include "impls/host/repeat.h"
#include "impls/host/tensors.h"
#include "impls/host/worker.h"

/* One kernel on one case in its worker, and what was seen of it: what a run and timed calls are made
 * of; for this folder only. Between calls the windows are canary; a call takes three steps: prepare,
 * call (as often as wanted, on the same operands), collect. */
struct vjp_session {
    struct vjp_worker *worker;
    const struct vjp_case *c;
    int kernel;
    struct vjp_tensors tensors;
    struct vjp_holes holes;
    struct vjp_observation seen;
};

enum vjp_poison { VJP_POISON_NAN, VJP_POISON_FINITE };

/* Sees to it that there is a live process whose windows suffice for the case, and lays the tensors
 * out in them. Where the kernel cannot be asked, or the plug-in keeps a process from starting,
 * out->seen.outcome says so, and no call may follow. c, data and worker must outlive the session,
 * and the worker must serve nobody else until vjp_session_close. */
VJP_MUST_CHECK enum vjp_status vjp_session_open(struct vjp_session *out, struct vjp_worker *worker,
                                                int kernel, const struct vjp_case *c,
                                                const struct vjp_data *data,
                                                struct vjp_error *error);

/* Completes seen with what is known of the process after the calls: its words, and whether it
 * lives. */
void vjp_session_close(struct vjp_session *session);

/* Puts the operands into the windows and the poison, or what is added to, into the outputs. False where
 * a thread of the kernel wrote there since the last call: seen says so. */
bool vjp_session_prepare(struct vjp_session *session, enum vjp_placement placement,
                         enum vjp_poison poison);

/* Lets the kernel do the same call so many times, 1 to VJP_TIMES_MAX; with ask, supports is called
 * before the first. False where one did not complete. */
bool vjp_session_call(struct vjp_session *session, enum vjp_placement placement, bool ask,
                      int repeats);

/* Takes what the last call left to answers, which are initialized, and leaves canary, which is the NaN poison, in
 * the outputs: the next call, of the same preparation, finds them as the first one did. Notes what was touched
 * around them. */
void vjp_session_take_outputs(struct vjp_session *session, enum vjp_placement placement,
                              struct vjp_answers *answers);

/* Notes what was touched that must not be, and leaves the windows canary. answers, where not NULL, are
 * initialized (vjp_session_init_answers) and get what the last call left. */
void vjp_session_collect(struct vjp_session *session, enum vjp_placement placement,
                         struct vjp_answers *answers);

/* Once for each kernel, and in a new process: where it has left threads behind, waits a little for them to show what they
 * do. False where one wrote to an output: seen says so. */
bool vjp_session_linger(struct vjp_session *session);

VJP_MUST_CHECK enum vjp_status vjp_session_init_answers(const struct vjp_session *session,
                                                        struct vjp_answers *out,
                                                        struct vjp_error *error);

#endif
