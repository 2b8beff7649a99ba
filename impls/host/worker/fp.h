/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_FP_H
#define VJP_IMPLS_HOST_WORKER_FP_H

#include "impls/host/protocol.h"

/* Reads the floating-point environment of this thread. */
void vjp_fp_read(struct vjp_wire_fp *out);

/* Puts it into the state that the ABI gives a new process: round to nearest, no flushing, every
 * exception masked, the x87 registers empty. */
void vjp_fp_reset(void);

#endif
