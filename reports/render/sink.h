/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SINK_H
#define VJP_REPORTS_RENDER_SINK_H

#include <stdio.h>

#include "cases/base/status.h"

/* A file that is written while a run goes on and stands under its name only when it is complete.
 * Until then it is PATH.partial, and stays so if the run ends early. What is no regular file (a
 * device, a pipe, and "-", the standard output) is written directly. A zeroed struct is no file. */
struct vjp_sink {
    FILE *file;
    char *path;    /* for messages, and the final name */
    char *partial; /* the name while it grows; NULL: written directly */
};

VJP_MUST_CHECK enum vjp_status vjp_sink_open(const char *path, struct vjp_sink *out,
                                             struct vjp_error *error);

/* Adds text and hands it to the system, so that a full disk is noticed at once. */
VJP_MUST_CHECK enum vjp_status vjp_sink_write(struct vjp_sink *sink, const char *text,
                                              struct vjp_error *error);

/* Ends a complete file and gives it its name. */
VJP_MUST_CHECK enum vjp_status vjp_sink_commit(struct vjp_sink *sink, struct vjp_error *error);

/* Lets go of a sink, committed or not; an incomplete file keeps its partial name. */
void vjp_sink_clear(struct vjp_sink *sink);

#endif
