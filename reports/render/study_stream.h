/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STUDY_STREAM_H
#define VJP_REPORTS_RENDER_STUDY_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/render/sink.h"

/* DIR/study.jsonl: JSON lines, the first of them the header, which says what the others are a function of. It grows as
 * DIR/study.jsonl.partial, line by line, and what stands there when the same study is asked for again is not done
 * again. */
struct vjp_study_stream {
    struct vjp_sink sink; /* append lines to it; no file where the study is complete */
    bool complete;        /* it stood there under its own name */
    char **line;          /* what stood there, whole lines without newline, behind the header */
    size_t count;
};

/* header: one line of JSON with its newline, the same for the same study; its member "line" is the command. DIR is made
 * where there is none. VJP_ERR_USAGE where the folder holds another study; a line cut short is dropped. *out is to be
 * cleared. */
VJP_MUST_CHECK enum vjp_status vjp_study_stream_open(const char *folder, const char *header,
                                                     struct vjp_study_stream *out,
                                                     struct vjp_error *error);

/* Gives it its name. */
VJP_MUST_CHECK enum vjp_status vjp_study_stream_commit(struct vjp_study_stream *stream,
                                                       struct vjp_error *error);
void vjp_study_stream_clear(struct vjp_study_stream *stream);

#endif
