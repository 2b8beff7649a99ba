/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WORKER_KEEPER_H
#define VJP_IMPLS_HOST_WORKER_KEEPER_H

/* Splits the process that the harness has started: into a keeper, which never returns from here, and the process
 * in which the plug-in is to be loaded, which does. The keeper ends with the harness's thread, or when it is
 * told to, or when the other one has ended, and leaves no process behind that came from it, daemons
 * included. Before it ends it sends a struct vjp_wire_end through VJP_FD_KEEPER.
 *
 * What the plug-in does to its parent or its process group it does to a keeper, and not to the harness. In
 * namespaces of their own (vjp_namespaces_enter) there are three of them:
 *
 *     outer    the child that the harness knows; waits
 *       init   the namespace's first process: whatever it is sent from inside, it lives; all others end with it
 *         keeper    waits for the plug-in's process, and says how it ended
 *           the process that returns
 *
 * Elsewhere the keeper is the child that the harness knows, and the orphans of the plug-in's process are
 * made its children (PR_SET_CHILD_SUBREAPER): it finds and ends them. */
void vjp_keeper_split(void);

#endif
