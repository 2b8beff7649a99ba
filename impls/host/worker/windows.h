/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_WINDOWS_H
#define VJP_IMPLS_HOST_WORKER_WINDOWS_H

#include <stdbool.h>

#include "impls/host/protocol.h"

/* The address space in which tensors appear. */
struct vjp_windows {
    int64_t capacity;
    char *start[VJP_WINDOWS];    /* constant from reserve on */
    int64_t mapped[VJP_WINDOWS]; /* bytes that are accessible, from start */
};

/* Reserves the address space of every window and its guards. False, with errno set, where there is
 * not enough. */
bool vjp_windows_reserve(struct vjp_windows *out, int64_t capacity);

/* Makes exactly bytes of the window accessible: inputs for reading, outputs for both. False, with
 * errno set, where the system refuses. */
bool vjp_windows_show(struct vjp_windows *windows, int window, int64_t bytes);

#endif
