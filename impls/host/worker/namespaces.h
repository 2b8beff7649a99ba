/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_NAMESPACES_H
#define VJP_IMPLS_HOST_WORKER_NAMESPACES_H

#include <stdbool.h>

/* Where the system allows it, processes forked from now on live in namespaces of their own
 * (namespaces(7)): their process ids are not ours, and all of them end with the first one; so do their System V
 * and POSIX message queues and shared memory; and what they mount. Root gets them by its privilege,
 * everybody else by a user namespace in which he is himself. False where the system refuses, or where
 * the environment variable VJPCHECK_NAMESPACES is 0, as a debugger or a profiler may want it. */
bool vjp_namespaces_enter(void);

/* For the first process in them: nothing of the file system can be written any more but devices and a
 * small one of its own, in memory, at /dev/shm; TMPDIR names a folder in it. What the system refuses is left out.
 * Then gives up every capability but those to read files and to lock memory. */
void vjp_namespaces_furnish(void);

#define VJP_NAMESPACES_SCRATCH "/dev/shm"
#define VJP_NAMESPACES_FOLDER  VJP_NAMESPACES_SCRATCH "/vjpcheck"

/* Goes to VJP_NAMESPACES_FOLDER where vjp_namespaces_furnish has made it, and returns whether it has: then both
 * folders, and System V's shared memory, are this worker's alone. */
bool vjp_namespaces_settle(void);

#endif
