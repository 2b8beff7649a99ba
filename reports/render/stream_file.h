/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STREAM_FILE_H
#define VJP_REPORTS_RENDER_STREAM_FILE_H

#include <stdbool.h>

#include "reports/render/stream.h"

/* A file of JSON lines, as a run or another command wrote it. */
struct vjp_stream_file {
    bool complete; /* it has what a run writes last */
    bool foreign;  /* its first line is of no stream of verdicts: that of another command */
    bool
        cut; /* it is not complete, though there is more in it than what ran where, or unknown lines */
    char first[32]; /* the type of its first line; empty: there is none */
};

/* Reads the file line by line and hands each to visit; "-": the standard input. VJP_ERR_USAGE, with file and line, where a
 * line is none of a stream, and where the file cannot be opened. A last line without an end, as of a run that was cut
 * off, is told on the standard error, and left out; gcovr writes a file of one such line, which is taken. *out is set
 * in any case. */
VJP_MUST_CHECK enum vjp_status vjp_stream_file_read(const char *path, vjp_stream_visitor visit,
                                                    void *env, struct vjp_stream_file *out,
                                                    struct vjp_error *error);

#endif
