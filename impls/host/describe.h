/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_DESCRIBE_H
#define VJP_IMPLS_HOST_DESCRIBE_H

#include <stdbool.h>

#include "cases/base/status.h"
#include "impls/host/plugin_info.h"
#include "impls/host/protocol.h"

/* Checks what the worker copied from the plug-in at path against the contract of
 * impls/abi/vjp_plugin.h. VJP_ERR_USAGE, and a message that begins with the path and names the
 * field, where it is broken; VJP_ERR_IO where the system refused the worker its address space, or its
 * filter of system calls. */
VJP_MUST_CHECK enum vjp_status vjp_describe(const char *path,
                                            const struct vjp_wire_descriptor *wire,
                                            struct vjp_plugin_info *out, struct vjp_error *error);

/* Whether two plug-ins say the same of themselves. */
bool vjp_describe_is_equal(const struct vjp_plugin_info *a, const struct vjp_plugin_info *b);

#endif
