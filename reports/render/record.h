/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_RECORD_H
#define VJP_REPORTS_RENDER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "reports/verdict/verdict.h"

/* What a rendering knows of a run: plain values and texts, so that a saved stream can take the
 * place of the run. Texts belong to the caller and are valid during the call that is given them. */

/* The worst element of a gradient, in words and numbers as struct vjp_element has them. */
struct vjp_record_worst {
    const char *element;         /* "dw[3,17]"; NULL: nothing is known, and nothing else is set */
    const char *got, *got_hex;   /* as decimal, as few digits as read back; as hexadecimal float */
    const char *want, *want_hex; /* the correctly rounded result */
    const char *exact;           /* the truth, with 17 digits; the ends of a set */
    /* How the bound came about: "sum", k u S and what underflow and the last rounding cost; "exact", every order
     * gives the exact sum, so that only the last rounding is allowed; "running", the running error of the recorded
     * program; "none", NaN or an infinity is or was expected, and nothing else will do. */
    const char *bound_by;
    double error, ulp, relative, backward, bound, ratio, scale;
    int64_t terms;
};

/* Where in a gradient errors stand: a sign (reports/render/heat.h) for a block of elements, which shows the worst of
 * them. */
struct vjp_record_map {
    const char *cells;  /* row by row; NULL: there is no map */
    int64_t rows, cols; /* of the gradient */
    int64_t high, wide; /* elements of a block */
};

/* One gradient of one answer; the counts and worst values of struct vjp_measure. */
struct vjp_record_gradient {
    char name[40]; /* "dw" */
    int64_t count, compared, correct, outside, excused, unresolved;
    bool trivial;
    int64_t settled[VJP_SETTLED_COUNT];
    double worst_ulp, worst_relative, worst_backward, worst_ratio;
    struct vjp_record_worst worst; /* of a failure */
    struct vjp_record_map map;     /* of a failure, not of every one */
};

/* One kernel on one case. */
struct vjp_record {
    const char *line;   /* the case */
    const char *target; /* what names the kernel on a command line: "naive:linear" */
    const char *plugin;
    const char *kernel;
    const char *layer;
    const char *dtype;
    bool ran;      /* false: no verdict, since the kernel hung too often, or: */
    bool left_out; /* the case is none: a stage of it gives the next what it does not take */
    enum vjp_verdict verdict; /* where it ran */
    const char *reason;       /* may be empty */
    const char *rows;   /* NULL, or: the truth is known of these rows only, "N = 0, 17 and 4095" */
    const char *replay; /* the command that runs it again, quoted for a shell */
    bool scaled;        /* the kernel was asked for multiples of dy, too, */
    bool unscaled;      /* or should have been, but of the case and it nothing is known */
    int64_t elements;   /* of all operands and gradients together: what "smallest" means */
    const char
        *accumulate;    /* the format in which the kernel declares to sum: "f32"; NULL: not known */
    const char *traits; /* what else of its model is no default: "flushes"; NULL: the same */
    int n_gradients;
    struct vjp_record_gradient gradient[VJP_MAX_INPUTS];
};

/* One plug-in that took part. */
struct vjp_run_plugin {
    const char *target;  /* as the command line names it */
    const char *name;    /* as it names itself */
    const char *version; /* the same */
    const char *sha256;  /* of its file: 64 digits; "": it could not be read */
};

#define VJP_RUN_PLUGINS_MAX 4096

/* What ran where. Texts that are not known are empty. */
struct vjp_run_info {
    const char *version; /* of vjpcheck */
    const char *command; /* the command line, quoted for a shell */
    const char *started; /* "2026-11-23T06:00:00Z" */
    const char *cpu;
    const char *system;    /* "Linux 6.1.0 x86_64" */
    const char *compiler;  /* what vjpcheck was built with */
    const char *libraries; /* "MPFR 4.2.0, ..." */
    int64_t processors;
    int n_plugins;
    const struct vjp_run_plugin *plugin;
};

/* What is known before the first record. */
struct vjp_run_header {
    const char *version;
    uint64_t seed;
    const char *title; /* what the summary begins with; NULL: version, seed and cases */
    int64_t cases;     /* that some selected kernel serves; 0: not known */
    int64_t checks;    /* pairs of a case and a kernel; the same */
    int n_targets;
    const char *const *targets;     /* the kernels: "naive:linear" */
    const struct vjp_run_info *run; /* NULL: not told */
};

/* The counts over many records. */
struct vjp_totals {
    int64_t checks; /* all records */
    int64_t verdict[VJP_VERDICT_COUNT];
    int64_t not_run;
    int64_t left_out;
    int64_t by_rows; /* of those that ran */
};

void vjp_totals_add(struct vjp_totals *totals, const struct vjp_record *record);

/* Verdicts that are failures. */
int64_t vjp_totals_failed(const struct vjp_totals *totals);

/* Verdicts that say something about the kernel: successes and failures. */
int64_t vjp_totals_conclusive(const struct vjp_totals *totals);

/* The verdict's word; where there is none, "left_out" or "not_run". Static. */
const char *vjp_record_verdict(const struct vjp_record *record);

/* "filter", "product", "accumulator", "special". Static. */
const char *vjp_record_settled_name(enum vjp_settled_by by);

#endif
