/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_MEMORY_H
#define VJP_IMPLS_HOST_MEMORY_H

#include <stdint.h>

#include "cases/base/status.h"

/* VJP_ERR_LIMIT where so many bytes, if they are many at all, are more than the system can give
 * away at this moment. Shared memory is not refused when it is asked for: whoever touches what is
 * not there is ended. */
VJP_MUST_CHECK enum vjp_status vjp_memory_check(int64_t bytes, struct vjp_error *error);

#endif
