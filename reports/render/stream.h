/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STREAM_H
#define VJP_REPORTS_RENDER_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "reports/render/campaign.h"
#include "reports/render/coverage.h"
#include "reports/render/find.h"
#include "reports/render/order_json.h"
#include "reports/render/record.h"
#include "reports/render/selftest.h"
#include "reports/render/study_json.h"

/* Streams of JSON lines that commands wrote, read again line by line: "check --json" and "fuzz --json"; studies; "selftest
 * --json"; what "coverage" writes, gcovr's own file with it. */

enum vjp_stream_type {
    VJP_STREAM_HEADER,
    VJP_STREAM_CHECK,
    VJP_STREAM_CAMPAIGN,
    VJP_STREAM_FIND,
    VJP_STREAM_RUN, /* what ran where, of a stream that was merged or has no header */
    VJP_STREAM_SUMMARY,
    VJP_STREAM_STUDY, /* the first line of a study */
    VJP_STREAM_POINT,
    VJP_STREAM_GAP,       /* in the place of a point */
    VJP_STREAM_ORDER_GAP, /* a gradient of which no order was revealed */
    VJP_STREAM_FIT,       /* what follows from points, and is not read */
    VJP_STREAM_ORDER,
    VJP_STREAM_PLANT,
    VJP_STREAM_PLANT_SO_FAR, /* a plant that is asked again */
    VJP_STREAM_RULE,
    VJP_STREAM_ALARM,
    VJP_STREAM_CORRECT_SO_FAR, /* counts of verdicts on correct kernels */
    VJP_STREAM_SELFTEST, /* the summary of a self-test; of type "selftest" in a stream that was merged */
    VJP_STREAM_COVERAGE,
    VJP_STREAM_OTHER, /* a type that this version does not know */
};

/* Texts of what is read belong to the line. */
struct vjp_stream_line {
    enum vjp_stream_type type;
    const char *type_name;               /* as the line has it */
    struct vjp_record record;            /* of CHECK */
    struct vjp_campaign_record campaign; /* of CAMPAIGN; its census is the one below */
    struct vjp_census census;
    struct vjp_find_record find; /* of FIND */
    bool has_run;                /* of RUN, and of a HEADER that says it */
    struct vjp_run_info run;     /* the same */
    struct vjp_run_plugin *plugin;
    uint64_t seed;                /* of HEADER */
    double seconds;               /* of SUMMARY */
    const char *study;            /* of STUDY: "growth", "order" */
    struct vjp_study_point point; /* of POINT and GAP */
    struct vjp_order_record order;
    struct vjp_order_gap_record order_gap;
    struct vjp_plant_record plant;
    struct vjp_rule_record rule;
    struct vjp_alarm_record alarm;
    struct vjp_selftest_conclusion selftest; /* of CORRECT_SO_FAR, too */
    struct vjp_coverage coverage;
    void *json; /* what the texts lie in */
};

/* Reads one line of length bytes. VJP_ERR_USAGE where it is none, with what was expected. *out is to be cleared
 * then, too. */
VJP_MUST_CHECK enum vjp_status vjp_stream_read(const char *text, size_t length,
                                               struct vjp_stream_line *out,
                                               struct vjp_error *error);
void vjp_stream_line_clear(struct vjp_stream_line *line);

/* Adds the line as it is written into a stream of several. */
VJP_MUST_CHECK enum vjp_status vjp_stream_text(const struct vjp_stream_line *line,
                                               struct vjp_text *out, struct vjp_error *error);

/* Is handed a line, which is cleared after it. What is not VJP_OK ends the reading. */
typedef enum vjp_status (*vjp_stream_visitor)(void *env, const struct vjp_stream_line *line,
                                              struct vjp_error *error);

/* Reads lines that were kept. */
VJP_MUST_CHECK enum vjp_status vjp_stream_visit(char *const *lines, int count,
                                                vjp_stream_visitor visit, void *env,
                                                struct vjp_error *error);

#endif
