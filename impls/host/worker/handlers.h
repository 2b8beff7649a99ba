/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_HANDLERS_H
#define VJP_IMPLS_HOST_WORKER_HANDLERS_H

#include <stdint.h>

/* From now on the worker and all that it has loaded, when they call sigaction or signal, cannot change what SIGSEGV
 * and SIGBUS do: a kernel that swallows the fault of an access out of bounds, and puts the old handler back,
 * would leave no trace. Who tries fails with EPERM, and *tried is set to the signal.
 *
 * Calls reach us because a name that an executable defines is everybody's (ld.so(8)). Who makes the system call itself
 * does pass: vjp_fault_replaced finds whoever leaves a handler in place. A filter of system calls (seccomp(2)) would
 * stop those as well, but with them libc's posix_spawn, which resets the handlers of its child. */
void vjp_handlers_seal(int32_t *tried);

/* Gives a signal its default action back, sealed or not. Can be called in a handler. */
void vjp_handlers_drop(int signal);

#endif
