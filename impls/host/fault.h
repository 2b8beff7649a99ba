/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_FAULT_H
#define VJP_IMPLS_HOST_FAULT_H

#include "impls/host/call.h"

/* The longest name of a signal, with its NUL. */
#define VJP_SIGNAL_NAME 16

/* "SIGTERM"; "signal 35" where it has no name. Returns name. */
const char *vjp_fault_signal_name(int signal, char name[VJP_SIGNAL_NAME]);

/* Says of a fault that ended a call which tensor it was at, as far as that can be known: sets
 * address, out_of_bounds and input_changed, and adds to the reason. Says, too, where the process was short
 * of memory. */
void vjp_fault_explain(const struct vjp_worker *worker, const struct vjp_call *call,
                       const struct vjp_wire_fault *fault, struct vjp_observation *seen);

#endif
