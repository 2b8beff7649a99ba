/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_FAULT_H
#define VJP_IMPLS_HOST_WORKER_FAULT_H

#include "impls/host/protocol.h"

/* From now on a signal that ends the process is first written to *record, which must stay mapped.
 * Installs the handlers, on a stack of their own: before the library is loaded, and after, because
 * it may bring handlers along. */
void vjp_fault_watch(struct vjp_wire_fault *record);

/* Is called once before a signal ends the process, when the record is whole, in the handler: what it does there may
 * fail, or never end, and costs no more than what it was to save. NULL: nothing is. */
void vjp_fault_last_words(void (*speak)(void));

/* SIGSEGV or SIGBUS if its handler is no longer ours, so that an access out of bounds could go
 * unseen; else 0. */
int vjp_fault_replaced(void);

#endif
