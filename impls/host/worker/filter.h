/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_FILTER_H
#define VJP_IMPLS_HOST_WORKER_FILTER_H

#include <stdbool.h>

/* From now on the system calls of impls/host/acts.inc, of this thread and those that it starts, wait until the harness
 * has decided on them (seccomp_unotify(2)); the listener has gone to it by the socket VJP_FD_LISTENER, which
 * is closed. All others pass: the system remembers which do, and does not run the filter for them. New ways to
 * make the same calls (clone3, openat2, io_uring) do not exist any more: libc takes the old ones then.
 *
 * False, with errno set, where the system refuses. */
bool vjp_filter_install(void);

/* What the worker's own writes to the pipes and reads from them go through, one byte each, after which the filter knows
 * them. Like write and read. */
bool vjp_filter_tell(int fd);
bool vjp_filter_hear(int fd);

/* Restores the signal's default action. It may be called in a handler. */
void vjp_filter_drop_handler(int signal);

#endif
