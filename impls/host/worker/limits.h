/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_LIMITS_H
#define VJP_IMPLS_HOST_WORKER_LIMITS_H

#include "impls/host/protocol.h"

/* Bounds what this process may take of the machine: memory, files, processes. Where memory runs out all the same, it is
 * the first to be ended. It gives up every privilege but those to read files, lock memory and place threads,
 * so that root's worker cannot look into the harness, which has kept them. */
void vjp_limits_set(const struct vjp_wire_setup *setup);

#endif
