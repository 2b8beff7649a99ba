/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_H
#define VJP_REPORTS_CLI_STUDY_H

#include <stdint.h>

#include "cases/base/status.h"
#include "cases/spec/spec.h"
#include "reports/study/sweep.h"

/* The studies of "vjpcheck study", each in its own file. */

#define VJP_STUDY_SAMPLES_MAX 10000

/* What the command line says, checked as far as it means the same for every study. */
struct vjp_study_request {
    int n_targets; /* 0: everything that ships */
    const char *const *targets;
    const struct vjp_spec *layer; /* NULL: all */
    int dtype;                    /* -1: all */
    bool has_sweep;
    struct vjp_sweep sweep; /* where has_sweep */
    const char *values;     /* a generator as in a case line; NULL: not given */
    int64_t samples;        /* cases of a point; 0: not given */
    uint64_t seed;
    bool has_seed;   /* it was given */
    double timeout;  /* of a call, in seconds; 0: the default */
    const char *out; /* the folder */
    const char
        *line;    /* the study as a command line, canonical: what its results are a function of */
    int n_beside; /* files of plug-ins besides the targets' that the results are a function of, too */
    const char *const *beside;
};

struct vjp_study {
    const char *name;
    const char *summary; /* one line */
    const char *help;    /* what it measures and what --sweep means, in paragraphs; or NULL */
    /* Writes into request->out, tells the terminal, and sets *code to the exit code. */
    enum vjp_status (*run)(const struct vjp_study_request *request, int *code,
                           struct vjp_error *error);
};

extern const struct vjp_study vjp_study_growth;
extern const struct vjp_study vjp_study_condition;
extern const struct vjp_study vjp_study_dtype;
extern const struct vjp_study vjp_study_order;
extern const struct vjp_study vjp_study_rules;

#endif
