/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_LOG_H
#define VJP_IMPLS_HOST_LOG_H

#include <stddef.h>

/* The file that a worker's stdout and stderr go to. */

/* Copies the end of what was written since the last vjp_log_forget; of what a sanitizer wrote, its summary. */
void vjp_log_read(int fd, char *out, size_t size);
void vjp_log_forget(int fd);

#endif
