/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PROGRAM_H
#define VJP_REPORTS_CLI_PROGRAM_H

#include "cases/base/status.h"

/* Runs another program, found as a shell finds it, and waits for its end. argv ends with NULL; what it writes goes to
 * the file log, over what is there. VJP_ERR_USAGE, with the line of what it wrote that tells of an error and where the rest
 * is, where it is not there or does not end with 0: the commands that run programs do so with the user's files. */
VJP_MUST_CHECK enum vjp_status vjp_program_run(const char *const *argv, const char *log,
                                               struct vjp_error *error);

#endif
