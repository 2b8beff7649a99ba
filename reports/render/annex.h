/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ANNEX_H
#define VJP_REPORTS_RENDER_ANNEX_H

#include "reports/fuzz/seen.h"
#include "reports/render/stream.h"

/* What streams hold besides verdicts, of any number of runs: studies, orders of summation, self-tests, coverage of kernels.
 * What is there twice counts once. */

/* A kernel in a study. Runs of one study that differ in the seed or in the plug-in's file are told apart. */
struct vjp_annex_source {
    char *study;  /* "growth" */
    char *kernel; /* "naive:linear" */
    char *origin; /* "seed 0x5eed, plug-in 0123456789abcdef"; or "" */
    char *
        label; /* what its points are called: "naive:linear", those of another run "naive:linear (2)" */
};

/* All runs of one study. */
struct vjp_annex_study {
    const char *name; /* "growth"; static */
    struct vjp_study_table table;
};

#define VJP_ANNEX_STUDIES 3

struct vjp_annex_selftest {
    struct vjp_plant_record *plant;
    int n_plants;
    struct vjp_rule_record *rule;
    int n_rules;
    struct vjp_alarm_record *alarm;
    int n_alarms;
    bool concluded;   /* false: its stream has no summary, and the rest is not known */
    bool has_correct; /* but for what its stream counts of correct kernels */
    struct vjp_selftest_conclusion conclusion;
};

/* A zeroed struct is empty; to be cleared. Texts lie in memory. */
struct vjp_annex {
    struct vjp_annex_study study[VJP_ANNEX_STUDIES];
    struct vjp_annex_source *source;
    int n_sources;
    struct vjp_order_record *order;
    int n_orders;
    struct vjp_order_gap_record *order_gap;
    int n_order_gaps;
    struct vjp_annex_selftest *selftest;
    int n_selftests;
    struct vjp_coverage coverage; /* of all runs, united */

    struct vjp_seen seen;
    void **memory; /* objects of JSON */
    size_t n_memory;
    void *header; /* of the study whose lines are read; NULL: none */
    bool open;    /* the last self-test goes on */
    int runs;     /* that were told of */
    int run;      /* the number of the one whose lines are read, from 1; 0: it is not told */
};

/* Another file begins: what its lines are about is not known yet. */
void vjp_annex_begin(struct vjp_annex *annex);

/* What ran where stands here: what follows in the file is of that run. */
void vjp_annex_begin_run(struct vjp_annex *annex);

/* Whether the line is one of those that are kept here, or tell of them. */
bool vjp_annex_takes(const struct vjp_stream_line *line);

/* Adds such a line; *is_new false: it was there already. VJP_ERR_USAGE for a point of which neither it nor a line before it
 * says of which study it is. */
VJP_MUST_CHECK enum vjp_status vjp_annex_add(struct vjp_annex *annex,
                                             const struct vjp_stream_line *line, bool *is_new,
                                             struct vjp_error *error);
void vjp_annex_clear(struct vjp_annex *annex);

bool vjp_annex_is_empty(const struct vjp_annex *annex);

/* Adds a line of a self-test but for its summary; what it says must outlive the self-test. False where memory has ended. */
bool vjp_annex_selftest_add(struct vjp_annex_selftest *selftest,
                            const struct vjp_stream_line *line);
void vjp_annex_selftest_clear(struct vjp_annex_selftest *selftest);

/* The kills of a self-test, with their plants, for vjp_score_class; to be freed. NULL where memory has ended. */
struct vjp_kill *vjp_annex_kills(const struct vjp_annex_selftest *selftest);

/* Whether a self-test has passed: it says so, and what it counts says so as well. */
bool vjp_annex_passed(const struct vjp_annex_selftest *selftest);

/* What the annex says of kernels and of vjpcheck. */
struct vjp_annex_totals {
    struct vjp_study_totals points;
    int64_t revealed;           /* gradients of which an order was revealed */
    int64_t certified;          /* of them: in all elements */
    int64_t selftests, refused; /* refused: of them, those that did not pass */
    int64_t covered_files;
};

struct vjp_annex_totals vjp_annex_count(const struct vjp_annex *annex);

/* Something was measured. */
bool vjp_annex_is_conclusive(const struct vjp_annex_totals *totals);

/* A study has elements outside of bounds, or a kernel that did not answer, or a self-test did not pass: what their
 * commands end with 1 for. */
bool vjp_annex_failed(const struct vjp_annex_totals *totals);

#endif
