/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_FAULT_H
#define VJP_IMPLS_HOST_FAULT_H

#include "impls/host/call.h"

#define VJP_SIGNAL_NAME 32

/* Writes "SIGSEGV", or "signal 40" for one without a name, and returns name. */
const char *vjp_fault_signal_name(int signal, char name[VJP_SIGNAL_NAME]);

/* Says of a fault that ended a call by a signal which tensor it was at, as far as that can be known, and whether
 * memory had run out: sets address, out_of_bounds and input_changed, and adds to the reason. */
void vjp_fault_explain(const struct vjp_worker *worker, const struct vjp_call *call,
                       const struct vjp_wire_fault *fault, int signal,
                       struct vjp_observation *seen);

#endif
