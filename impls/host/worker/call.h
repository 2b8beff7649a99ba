/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_CALL_H
#define VJP_IMPLS_HOST_WORKER_CALL_H

#include "impls/abi/vjp_plugin.h"
#include "impls/host/protocol.h"
#include "impls/host/worker/state.h"
#include "impls/host/worker/windows.h"

/* Does the call of control->request and writes control->answer, but for the token. state is as it must be
 * afterwards. */
void vjp_call_serve(const struct vjp_abi_plugin *plugin, struct vjp_windows *windows,
                    const struct vjp_state *state, struct vjp_control *control);

#endif
