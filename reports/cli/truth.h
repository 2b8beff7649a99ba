/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_TRUTH_H
#define VJP_REPORTS_CLI_TRUTH_H

#include "cases/spec/data.h"
#include "oracle/metric/reference.h"
#include "reports/cli/rows.h"

/* The truth about a case for kernels of different conventions at kinks: a reference for each that is
 * asked for, derived once. Where no operand stands on a kink there is one for all. */
#define VJP_CONVENTIONS_MAX 16

/* How the truth is derived. */
enum vjp_oracle {
    /* Exact from 2^16 scalar operations on where the layer is a sum of products; else explicit as far as that goes, or by rows,
     * where the layer allows it. */
    VJP_ORACLE_AUTO = 0,
    VJP_ORACLE_EXPLICIT, /* vjp_reference_create */
    VJP_ORACLE_EXACT,    /* vjp_reference_create_contracted */
    VJP_ORACLE_ROWS,     /* of a few rows (rows.h), explicit */
    VJP_ORACLE_WHOLE, /* auto, but not by rows: for those who need every element; no word of a command line */
    /* Auto, but exact from 2^9 scalar operations on: for campaigns, which ask many small
     * cases. Of those of up to 2^16 one in 16, by its seed, is checked element by element against the explicit oracle,
     * and by what is checked of every larger one. No word of a command line. */
    VJP_ORACLE_SWIFT,
};

/* The oracle that "--oracle text" asks for; text NULL: AUTO. */
VJP_MUST_CHECK enum vjp_status vjp_truth_oracle(const char *text, enum vjp_oracle *out,
                                                struct vjp_error *error);

/* What AUTO, WHOLE and SWIFT come to for the case: EXPLICIT, EXACT or ROWS; the others are what they are. */
enum vjp_oracle vjp_truth_choose(const struct vjp_case *c, enum vjp_oracle oracle);

/* Whether the oracle takes the case: VJP_ERR_LIMIT or VJP_ERR_USAGE. AUTO says why neither takes it where the
 * layer is a sum of products. Costs nothing. */
VJP_MUST_CHECK enum vjp_status vjp_truth_check(const struct vjp_case *c, enum vjp_oracle oracle,
                                               struct vjp_error *error);

/* The rows that the truth is about, and their operands. */
struct vjp_truth_rows {
    struct vjp_excerpt excerpt;
    struct vjp_data data;
};

struct vjp_truth {
    const struct vjp_case *c; /* what a kernel is asked */
    const struct vjp_data *data;
    struct vjp_truth_rows *rows; /* NULL: the truth is about all of it */
    int count;
    struct vjp_kinks kinks[VJP_CONVENTIONS_MAX];
    struct vjp_reference
        *reference[VJP_CONVENTIONS_MAX]; /* the first: every side of a kink is right */
};

/* Derives the reference in which every side of a kink is right, and fills in data->saved. By rows, data's cotangent is
 * silenced elsewhere, and what the other rows have of saved values is those of some row. c and data
 * must outlive the truth. jobs: threads of an exact contraction. VJP_ERR_USAGE and VJP_ERR_LIMIT as vjp_truth_check. */
VJP_MUST_CHECK enum vjp_status vjp_truth_init(struct vjp_truth *out, const struct vjp_case *c,
                                              struct vjp_data *data, enum vjp_oracle oracle,
                                              int jobs, struct vjp_error *error);
void vjp_truth_clear(struct vjp_truth *truth);

/* The reference for a kernel of that convention: it belongs to the truth. */
VJP_MUST_CHECK enum vjp_status vjp_truth_find(struct vjp_truth *truth, struct vjp_kinks kinks,
                                              const struct vjp_reference **out,
                                              struct vjp_error *error);

#endif
