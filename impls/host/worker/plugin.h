/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_PLUGIN_H
#define VJP_IMPLS_HOST_WORKER_PLUGIN_H

#include "impls/abi/vjp_plugin.h"
#include "impls/host/protocol.h"

/* Loads the library at the path of setup and copies its descriptor to control->descriptor. Returns
 * the descriptor, or NULL where control->descriptor.problem says why it cannot be read. May crash
 * with the library: control->answer.stage says where. */
const struct vjp_abi_plugin *vjp_plugin_load(struct vjp_control *control);

#endif
