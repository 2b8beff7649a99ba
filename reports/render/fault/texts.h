/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_FAULT_TEXTS_H
#define VJP_REPORTS_RENDER_FAULT_TEXTS_H

/* The files that a program which shows a fault is made of, as the build found them: each begins with a line that names
 * its licence, MIT-0. */
extern const char vjp_fault_declarations[]; /* declarations.inc: what the data are written in */
extern const char vjp_fault_vjp_plugin[];   /* impls/abi/vjp_plugin.h */
extern const char vjp_fault_dlpack[];       /* dlpack.inc: what that needs of DLPack's header */

/* The program, in this order. */
extern const char vjp_fault_numbers[]; /* and what is kept of a tensor */
extern const char vjp_fault_memory[];  /* pages around the tensors, garbage in the outputs */
extern const char vjp_fault_conduct[]; /* signals, the floating-point environment */
extern const char vjp_fault_state[];   /* what else of the process is as it was */
extern const char vjp_fault_calls[];
extern const char vjp_fault_multiple[]; /* of dy: gradients are linear in it */
extern const char vjp_fault_judge[];
extern const char vjp_fault_main[]; /* the process that calls, and the one that watches */

#endif
