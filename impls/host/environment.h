/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_ENVIRONMENT_H
#define VJP_IMPLS_HOST_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "impls/host/protocol.h"

/* Writes what became different between before and after to out, cut at size, as sentence parts
 * that who ("the call", "loading the library") is the subject of; empties out and returns false
 * where nothing did. The sticky flags that arithmetic raises do not count. */
bool vjp_environment_explain(const char *who, const struct vjp_wire_fp *before,
                             const struct vjp_wire_fp *after, char *out, size_t size);

#endif
