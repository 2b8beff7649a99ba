/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_OUTPUT_H
#define VJP_REPORTS_CLI_ORDER_OUTPUT_H

#include "reports/cli/order_examine.h"
#include "reports/render/order_json.h"

/* Where the study of orders writes: DIR/order.jsonl, DIR/NAME.svg for each tree, and the standard output. */
struct vjp_order_output {
    const char *folder; /* the caller's */
    struct vjp_sink sink;
    struct vjp_order_tally tally;
    int64_t too_large; /* shapes that the oracle cannot do */
    double seconds;    /* in kernels, workers and replays */
    struct vjp_order_gap {
        char name[96]; /* "layernorm dx" */
        char why[256];
        int64_t count; /* of shapes */
    } * gap;
    size_t n_gaps;
    int drawings;
};

/* Makes the folder where there is none and begins order.jsonl. line: the command. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_open(struct vjp_order_output *out,
                                                     const char *folder, const char *line,
                                                     uint64_t seed, struct vjp_error *error);

/* What a kernel showed: fills in the names of *order. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_add(struct vjp_order_output *out,
                                                    const struct vjp_order_question *question,
                                                    const char *kernel, struct vjp_order *order,
                                                    struct vjp_error *error);

/* A gradient that has nothing to show at a shape, and why; "": it does not sum over what was made large. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_gap(struct vjp_order_output *out,
                                                    const struct vjp_order_question *question,
                                                    const char *why, struct vjp_error *error);

/* Tells of the gaps and the totals, and gives order.jsonl its name. */
VJP_MUST_CHECK enum vjp_status vjp_order_output_close(struct vjp_order_output *out,
                                                      struct vjp_error *error);
void vjp_order_output_clear(struct vjp_order_output *out);

#endif
