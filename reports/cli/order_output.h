/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_OUTPUT_H
#define VJP_REPORTS_CLI_ORDER_OUTPUT_H

#include "reports/cli/order_examine.h"
#include "reports/render/order_json.h"
#include "reports/render/study_stream.h"

/* Where the study of orders writes: DIR/study.jsonl, study.csv, NAME.svg for each tree, and the standard output. */
struct vjp_order_output {
    const char *folder; /* the caller's */
    struct vjp_study_stream stream;
    struct vjp_order_table known; /* what stood there */
    struct vjp_order_tally tally;
    int64_t too_large; /* shapes that the oracle cannot do */
    struct vjp_order_gap {
        char name[96]; /* "layernorm dx" */
        char why[256];
        int64_t count; /* of shapes */
    } * gap;
    size_t n_gaps;
    int drawings;
};

/* Makes the folder where there is none and begins study.jsonl, or goes on with it: header is its first line, which says
 * what the study is a function of. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_open(struct vjp_order_output *out,
                                                     const char *folder, const char *header,
                                                     struct vjp_error *error);

/* What stood there of a kernel's gradient; NULL: nothing. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_find(const struct vjp_order_output *out,
                                                     const struct vjp_order_question *question,
                                                     const char *kernel,
                                                     const struct vjp_order_known **known,
                                                     struct vjp_error *error);

/* Tells of it and counts it. */
void vjp_order_output_again(struct vjp_order_output *out, const struct vjp_order_question *question,
                            const struct vjp_order_known *known);

/* What a kernel showed: fills in the names of *order. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_add(struct vjp_order_output *out,
                                                    const struct vjp_order_question *question,
                                                    const char *kernel, struct vjp_order *order,
                                                    struct vjp_error *error);

/* A gradient that has nothing to show at a shape, and why; "": it does not sum over what was made large. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_gap(struct vjp_order_output *out,
                                                    const struct vjp_order_question *question,
                                                    const char *why, struct vjp_error *error);

/* Tells of the gaps and the totals, and gives study.jsonl its name, unless a signal ended the study before its end:
 * then it can be continued. Writes study.csv in any case. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_close(struct vjp_order_output *out, int signal,
                                                      struct vjp_error *error);
void vjp_order_output_clear(struct vjp_order_output *out);

#endif
