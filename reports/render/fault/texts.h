/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_FAULT_TEXTS_H
#define VJP_REPORTS_RENDER_FAULT_TEXTS_H

/* The files that a program which shows a fault is made of, as the build found them: each begins with a line that names
 * its licence, MIT-0. */
extern const char vjp_fault_declarations[]; /* declarations.inc: what the data are written in */
extern const char vjp_fault_vjp_plugin[];   /* impls/abi/vjp_plugin.h */
extern const char vjp_fault_dlpack[];       /* dlpack.inc: what that needs of DLPack's header */
extern const char vjp_fault_program[];      /* program.inc: the calls, and main */

#endif
