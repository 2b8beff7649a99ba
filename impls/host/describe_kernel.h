/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_DESCRIBE_KERNEL_H
#define VJP_IMPLS_HOST_DESCRIBE_KERNEL_H

#include "cases/base/status.h"
#include "impls/host/plugin_info.h"
#include "impls/host/protocol.h"

/* One kernel of what vjp_describe checks: from a plug-in of that minor version. *out, which is zeroed, is
 * filled as far as it goes. VJP_ERR_USAGE, and a message that names the field; VJP_ERR_LIMIT for a layer
 * whose name is too long. */
VJP_MUST_CHECK enum vjp_status vjp_describe_kernel(const struct vjp_wire_kernel *wire,
                                                   int32_t minor, struct vjp_kernel_info *out,
                                                   struct vjp_error *error);

/* Copies a name, of what the message says. out and max: room for the name; the wire has one byte more. */
VJP_MUST_CHECK enum vjp_status vjp_describe_name(const char *what, const char *wire, char *out,
                                                 int max, struct vjp_error *error);

#endif
