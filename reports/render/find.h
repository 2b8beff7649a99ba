/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_FIND_H
#define VJP_REPORTS_RENDER_FIND_H

#include <stdbool.h>

#include "cases/base/text.h"
#include "reports/render/sink.h"
#include "reports/verdict/verdict.h"

/* What a campaign says of a failure that is the first of its kind, as a line of type "find": the case, the smallest one
 * like it, what it depends on and what is wrong in the kernel's Jacobian. Texts belong to the caller. */

/* Sentences of one kind. */
#define VJP_FIND_TEXTS 16

struct vjp_find_record {
    const char *target; /* "naive:linear" */
    const char *layer;
    const char *dtype;
    enum vjp_verdict verdict;
    const char *line;    /* the case that failed first */
    int64_t cases;       /* that the campaign had asked then, this one with them */
    double seconds;      /* since its beginning */
    const char *small;   /* the smallest case; NULL: none was looked for */
    const char *reason;  /* what is wrong in it; may be empty */
    const char *replay;  /* the command that runs it */
    int64_t runs;        /* that it took */
    bool complete;       /* false: time ended before there was nothing left to make smaller */
    const char *program; /* the command that makes a C file of it; empty: none does */
    int n_near;
    const char *near[VJP_FIND_TEXTS]; /* "fails iff M % 8 != 0" */
    const char *jacobian_of;          /* the case whose Jacobian was looked at; empty: none */
    int n_jacobian;
    const char *jacobian[VJP_FIND_TEXTS]; /* "dy[:,8:13] has no effect on dx: its terms are lost" */
};

VJP_MUST_CHECK enum vjp_status vjp_find_text(const struct vjp_find_record *find,
                                             struct vjp_text *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status
vjp_find_write(struct vjp_sink *sink, const struct vjp_find_record *find, struct vjp_error *error);

/* Reads the object of a line; json: a json_t. VJP_ERR_USAGE names the key. *out may be half set then. */
VJP_MUST_CHECK enum vjp_status vjp_find_read(const void *json, struct vjp_find_record *out,
                                             struct vjp_error *error);

#endif
