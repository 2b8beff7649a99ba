/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STREAM_H
#define VJP_REPORTS_RENDER_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "reports/render/campaign.h"
#include "reports/render/find.h"
#include "reports/render/record.h"

/* Streams of JSON lines that "check --json" and "fuzz --json" wrote, read again line by line. */

enum vjp_stream_type {
    VJP_STREAM_HEADER,
    VJP_STREAM_CHECK,
    VJP_STREAM_CAMPAIGN,
    VJP_STREAM_FIND,
    VJP_STREAM_RUN, /* what ran where, of a stream that was merged */
    VJP_STREAM_SUMMARY,
    VJP_STREAM_OTHER, /* a type that this version does not know */
};

struct vjp_stream_line {
    enum vjp_stream_type type;
    const char *type_name;               /* as the line has it; belongs to the line */
    struct vjp_record record;            /* of CHECK; its texts belong to the line */
    struct vjp_campaign_record campaign; /* of CAMPAIGN; its census is the one below */
    struct vjp_census census;
    struct vjp_find_record find; /* of FIND; its texts belong to the line */
    bool has_run;                /* of RUN, and of a HEADER that says it */
    struct vjp_run_info run;     /* the same */
    struct vjp_run_plugin *plugin;
    uint64_t seed;  /* of HEADER */
    double seconds; /* of SUMMARY */
    void *json;     /* what the texts lie in */
};

/* Reads one line of length bytes. VJP_ERR_USAGE where it is none, with what was expected. *out is to be cleared
 * then, too. */
VJP_MUST_CHECK enum vjp_status vjp_stream_read(const char *text, size_t length,
                                               struct vjp_stream_line *out,
                                               struct vjp_error *error);
void vjp_stream_line_clear(struct vjp_stream_line *line);

#endif
