/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_FAULT_H
#define VJP_IMPLS_HOST_WORKER_FAULT_H

#include "impls/host/protocol.h"

/* From now on a signal that ends the process is first written to *record, which must stay mapped.
 * Installs the handlers on a stack of their own; to be called again before every call of foreign
 * code, which may have replaced them. */
void vjp_fault_watch(struct vjp_wire_fault *record);

/* The first signal whose handler is no longer ours, or 0. */
int vjp_fault_replaced(void);

#endif
