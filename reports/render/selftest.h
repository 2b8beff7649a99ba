/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SELFTEST_H
#define VJP_REPORTS_RENDER_SELFTEST_H

#include <stdio.h>

#include "reports/render/sink.h"
#include "reports/selftest/ballot.h"
#include "reports/selftest/score.h"

/* What "vjpcheck selftest" found. */
struct vjp_selftest_record {
    const char *version;
    uint64_t seed; /* of the first campaign against each plant */
    int seeds;
    int64_t dim_max;
    const struct vjp_kill *kills;
    int n_kills;
    struct vjp_score all; /* of the kills */
    const struct vjp_ballot *ballot;
    const struct vjp_alarms *alarms;
    double seconds;
};

struct vjp_selftest_style {
    bool colour;
    bool only_missed; /* leave out classes of which every plant was caught */
};

/* For people: a table of fault classes, plants that were missed with what asks them again, false alarms, other people's
 * rules beside, and as the last line the conclusion. */
void vjp_selftest_print(const struct vjp_selftest_record *record,
                        const struct vjp_selftest_style *style, FILE *out);

/* What such lines say, read again; the texts belong to the objects. */
struct vjp_plant_record {
    const char *name, *replay;
    struct vjp_plant plant; /* its class and its verdict */
    struct vjp_kill kill;   /* but for what stands above */
    bool is_so_far;         /* the line is not the last of it */
};

struct vjp_rule_record {
    const char *rule, *source;
    struct vjp_votes defects, right;
};

struct vjp_alarm_record {
    const char *target, *reason, *replay;
    enum vjp_verdict verdict;
};

/* Of the summary; of "correct_so_far" only what is said of correct kernels. */
struct vjp_selftest_conclusion {
    const char *version;
    uint64_t seed;
    int64_t seeds, dim_max;
    int64_t correct_verdicts, correct_wanted, correct_inconclusive, false_alarms;
    int64_t without_answer;
    bool passed;
    double seconds;
};

/* Read the object of a line; json: a json_t. VJP_ERR_USAGE names the key. */
VJP_MUST_CHECK enum vjp_status
vjp_selftest_read_plant(const void *json, struct vjp_plant_record *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_selftest_read_rule(const void *json, struct vjp_rule_record *out,
                                                      struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status
vjp_selftest_read_alarm(const void *json, struct vjp_alarm_record *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_selftest_read_correct(const void *json,
                                                         struct vjp_selftest_conclusion *out,
                                                         struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_selftest_read_conclusion(const void *json,
                                                            struct vjp_selftest_conclusion *out,
                                                            struct vjp_error *error);

/* JSON lines, each as soon as it is known. Of a plant that is asked again, or of which the case is still made small, they are
 * of type "plant_so_far", with what has come of it until then; the one of type "plant" has all. seed: that of the first
 * campaign. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_write_plant(struct vjp_sink *sink, uint64_t seed,
                                                        const struct vjp_kill *kill, bool done,
                                                        struct vjp_error *error);

/* A line of type "rule" for each. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_write_rules(struct vjp_sink *sink,
                                                        const struct vjp_ballot *ballot,
                                                        struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_selftest_write_alarm(struct vjp_sink *sink,
                                                        const struct vjp_alarm *alarm,
                                                        struct vjp_error *error);

/* Of type "correct_so_far": the counts of verdicts on correct kernels. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_write_correct(struct vjp_sink *sink,
                                                          const struct vjp_alarms *alarms,
                                                          struct vjp_error *error);

/* Of type "summary", the last. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_write_summary(struct vjp_sink *sink,
                                                          const struct vjp_selftest_record *record,
                                                          struct vjp_error *error);

#endif
