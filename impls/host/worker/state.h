/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_STATE_H
#define VJP_IMPLS_HOST_WORKER_STATE_H

#include <stdbool.h>
#include <stddef.h>

/* What a call shares with the rest of its process and can change without a system call that the filter stops: signal
 * mask and stack, locale, environment variables. The floating-point environment is in fp.h. */
struct vjp_state;

/* Takes down how things are. Never NULL: a process without memory for it ends here. */
struct vjp_state *vjp_state_take(void);
void vjp_state_destroy(struct vjp_state *state);

/* Compares them with how things are now. True where something differs: *text, cut at size, says what first, with
 * the call as the subject ("changed the locale ..."). Two system calls, and a comparison per variable. */
bool vjp_state_differs(const struct vjp_state *before, char *text, size_t size);

#endif
