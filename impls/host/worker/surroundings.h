/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_SURROUNDINGS_H
#define VJP_IMPLS_HOST_WORKER_SURROUNDINGS_H

#include <stdbool.h>
#include <stddef.h>

/* What a call shares with the rest of its process and must leave as it is: a program that calls a kernel relies on
 * it afterwards. The floating-point environment is in fp.h; memory is the harness's to look at. */
struct vjp_surroundings;

/* Takes down how things are. Never NULL: a process without memory for it ends here. It is never released.
 * alone: see vjp_namespaces_settle. */
struct vjp_surroundings *vjp_surroundings_take(bool alone);

/* Compares them with how things are now. True where something differs: *text, cut at size, says what first, with
 * the call as the subject ("changed the working directory ..."). A few microseconds. */
bool vjp_surroundings_differ(const struct vjp_surroundings *before, char *text, size_t size);

#endif
