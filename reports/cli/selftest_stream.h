/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_SELFTEST_STREAM_H
#define VJP_REPORTS_CLI_SELFTEST_STREAM_H

#include <stdbool.h>

#include "reports/cli/study_pace.h"
#include "reports/render/selftest.h"

/* What a self-test has found, in a file of JSON lines as soon as it is known, and how far it is, on a terminal. */
struct vjp_selftest_stream {
    struct vjp_sink sink; /* no file: nothing is written */
    uint64_t seed;        /* of the first campaign against each plant */
    struct vjp_study_pace pace;
    int64_t counted; /* verdicts on correct kernels that the pace knows of */
    double
        next; /* on the clock: when the counts of verdicts on correct kernels are written again */
};

/* What there is to do, for the time that it takes. */
struct vjp_selftest_work {
    int plants;
    int64_t seeds;
    int64_t answers; /* right ones that the rules are asked about */
    int64_t alarms;  /* verdicts on correct kernels that are wanted */
    double end;      /* on the clock: when the budget is used up */
};

/* path NULL: there is no file. What ran where is its first line. *out is to be cleared, on failure, too. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_open(const char *path, uint64_t seed,
                                                        struct vjp_selftest_stream *out,
                                                        struct vjp_error *error);
void vjp_selftest_stream_begin(struct vjp_selftest_stream *stream,
                               const struct vjp_selftest_work *work);

/* One campaign is over; i: which plant. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_try(struct vjp_selftest_stream *stream,
                                                       const struct vjp_kill *kill, int i,
                                                       int plants, struct vjp_error *error);

/* Nothing more is asked of the plant. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_plant(struct vjp_selftest_stream *stream,
                                                         const struct vjp_kill *kill, int i,
                                                         int plants, struct vjp_error *error);

/* The rules were asked, about so many right answers as well. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_rules(struct vjp_selftest_stream *stream,
                                                         const struct vjp_ballot *ballot,
                                                         int64_t answers, struct vjp_error *error);

/* A vjp_alarm_watch; env: the stream. A false alarm is written at once, the counts with it, and else every ten seconds. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_correct(void *env,
                                                           const struct vjp_alarms *alarms,
                                                           bool is_alarm, struct vjp_error *error);

/* All is over: the last line, and the file has its name. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_stream_end(struct vjp_selftest_stream *stream,
                                                       const struct vjp_selftest_record *record,
                                                       struct vjp_error *error);
void vjp_selftest_stream_clear(struct vjp_selftest_stream *stream);

#endif
