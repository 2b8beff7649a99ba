/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_FOREIGN_H
#define VJP_IMPLS_HOST_FOREIGN_H

#include <stddef.h>

/* Copies a text that a foreign process wrote: up to a NUL or in_size bytes, cut at size (at least
 * 1). What is left is valid UTF-8 without control characters, on one line: blanks stand for
 * white space, '?' for anything else that may not be there. Blanks at the ends are dropped. */
void vjp_foreign_text(char *out, size_t size, const char *in, size_t in_size);

#endif
