/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_INSTRUMENT_H
#define VJP_REPORTS_CLI_INSTRUMENT_H

#include "cases/base/status.h"

/* A kernel's source, built so that it counts which of its lines run. */

struct vjp_instrument {
    const char *source;   /* a C file */
    const char *compiler; /* "cc": GCC or what takes its options and writes its files */
    const char *flags;    /* more options, separated by blanks; NULL: none */
    const char *folder;   /* where everything goes: kernel.so, build/ */
};

/* Builds folder/kernel.so; the counts of processes that load it are added up in folder/build, also of those that a signal
 * ends. What was counted there before is removed. *path is the library's, the caller's to free. VJP_ERR_USAGE with what
 * the compiler says. */
VJP_MUST_CHECK enum vjp_status vjp_instrument_build(const struct vjp_instrument *instrument,
                                                    char **path, struct vjp_error *error);

/* Has gcovr add the counts up, of files in the source's folder and beneath it: folder/coverage.json, coverage.xml
 * (Cobertura), coverage.html with a page for each file. */
VJP_MUST_CHECK enum vjp_status vjp_instrument_collect(const struct vjp_instrument *instrument,
                                                      struct vjp_error *error);

#endif
