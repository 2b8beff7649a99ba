/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_TRUTH_H
#define VJP_REPORTS_CLI_TRUTH_H

#include "cases/spec/data.h"
#include "oracle/metric/reference.h"

/* The truth about a case for kernels of different conventions at kinks: a reference for each that is
 * asked for, derived once. Where no operand stands on a kink there is one for all. */
#define VJP_CONVENTIONS_MAX 16

/* How the truth is derived. */
enum vjp_oracle {
    VJP_ORACLE_AUTO =
        0, /* explicit as far as that goes, exact above it where the layer allows it */
    VJP_ORACLE_EXPLICIT, /* vjp_reference_create */
    VJP_ORACLE_EXACT,    /* vjp_reference_create_contracted */
};

/* The oracle that "--oracle text" asks for; text NULL: AUTO. */
VJP_MUST_CHECK enum vjp_status vjp_truth_oracle(const char *text, enum vjp_oracle *out,
                                                struct vjp_error *error);

/* Whether the oracle takes the case: VJP_ERR_LIMIT or VJP_ERR_USAGE. AUTO says why neither takes it where the
 * layer is a sum of products. Costs nothing. */
VJP_MUST_CHECK enum vjp_status vjp_truth_check(const struct vjp_case *c, enum vjp_oracle oracle,
                                               struct vjp_error *error);

struct vjp_truth {
    const struct vjp_case *c;
    const struct vjp_data *data;
    int count;
    struct vjp_kinks kinks[VJP_CONVENTIONS_MAX];
    struct vjp_reference
        *reference[VJP_CONVENTIONS_MAX]; /* the first: every side of a kink is right */
};

/* Derives the reference in which every side of a kink is right, and fills in data->saved. c and data
 * must outlive the truth. jobs: threads of an exact contraction. */
VJP_MUST_CHECK enum vjp_status vjp_truth_init(struct vjp_truth *out, const struct vjp_case *c,
                                              struct vjp_data *data, enum vjp_oracle oracle,
                                              int jobs, struct vjp_error *error);
void vjp_truth_clear(struct vjp_truth *truth);

/* The reference for a kernel of that convention: it belongs to the truth. */
VJP_MUST_CHECK enum vjp_status vjp_truth_find(struct vjp_truth *truth, struct vjp_kinks kinks,
                                              const struct vjp_reference **out,
                                              struct vjp_error *error);

#endif
