/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_REPRODUCE_H
#define VJP_REPORTS_RENDER_REPRODUCE_H

#include <stdio.h>

#include "cases/base/text.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/metric/allowed.h"
#include "reports/verdict/multiple.h"

/* A kernel's fault as one C file, which builds against the kernel's library with nothing else and shows it: what it
 * needs of the plug-in contract, the operands, what is right, and the calls (reports/render/fault). */
struct vjp_reproduction {
    const struct vjp_case *c;
    const struct vjp_data *data; /* with the saved values, as far as the oracle gives some */
    const struct vjp_allowed *allowed[VJP_MAX_SLOTS]; /* of each gradient that the case has */
    const char *line;                                 /* the case line */
    const char *verdict;
    const char *reason;  /* may be empty */
    const char *kernel;  /* its name in the plug-in */
    const char *model;   /* how it computes, after "a kernel whose": "sums are in f32" */
    const char *library; /* as a command finds it */
    const char *file;    /* the name of the C file, which ends in ".c" */
    const char *version; /* of vjpcheck */
    double seconds;      /* a call that takes longer is hung */
    int rounds;          /* of calls, until a fault shows: so many at most, while there is time */
    int rounds_least;    /* so many whatever time they take */
    struct vjp_multiple multiple; /* of dy, by which the fault shows; zeroed: dy itself shows it */
};

/* Text only: the same reproduction gives the same bytes. VJP_ERR_MEMORY; whether the stream took everything is the
 * caller's to ask. */
VJP_MUST_CHECK enum vjp_status vjp_reproduce_write(const struct vjp_reproduction *r, FILE *out,
                                                   struct vjp_error *error);

/* Adds the command that builds the file and runs it. */
void vjp_reproduce_add_command(struct vjp_text *out, const struct vjp_reproduction *r);

/* VJP_ERR_USAGE for a call in place, VJP_ERR_LIMIT for a case whose file would have more than VJP_REPRODUCE_BYTES; known before anything is derived. */
#define VJP_REPRODUCE_BYTES (INT64_C(1) << 24)

VJP_MUST_CHECK enum vjp_status vjp_reproduce_check(const struct vjp_case *c,
                                                   struct vjp_error *error);

#endif
