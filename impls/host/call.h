/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_CALL_H
#define VJP_IMPLS_HOST_CALL_H

#include "impls/host/window.h"
#include "impls/host/worker.h"

/* One call of a kernel, or several on the same operands. */
struct vjp_call {
    int kernel;
    const struct vjp_case *c;
    const struct vjp_window
        *windows; /* the inputs in the order of the call, then the outputs; bound,
                                         and filled */
    int n_inputs;
    int n_outputs;
    enum vjp_placement placement;
    bool ask; /* whether it supports the case first */
    int repeats; /* how often run is called, 1 to VJP_TIMES_MAX; the times of each are in the control block */
};

/* Makes the call. Notes in *seen what happened: the outcome with its code, address and words,
 * changes of the floating-point environment, and what a fault touched. True if it completed. A
 * process that ended, or had to be ended, is gone afterwards; its arena is still there. */
bool vjp_call_make(struct vjp_worker *worker, const struct vjp_call *call,
                   struct vjp_observation *seen);

#endif
