/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_QUESTION_H
#define VJP_REPORTS_CLI_QUESTION_H

#include "reports/cli/truth.h"
#include "reports/verdict/verdict.h"

/* Which multiples of dy a kernel is asked for besides (scaling.h). */
enum vjp_scalings {
    VJP_SCALINGS_SHARE =
        0,            /* one, in one of VJP_SCALING_EVERY cases, by its seed; by rows in all */
    VJP_SCALINGS_ALL, /* up to the largest numbers, down to the smallest, and with the other sign */
    VJP_SCALINGS_NONE,
};

/* A case with its values and its truth: what a kernel is asked. */
struct vjp_question {
    const struct vjp_case *c;
    const struct vjp_data *data;
    const struct vjp_reference *reference; /* about all of the case, or about rows of it: */
    const struct vjp_truth_rows *rows;     /* or NULL */
    enum vjp_scalings scalings;
};

/* What a kernel of that convention is asked. *out points into the truth. */
VJP_MUST_CHECK enum vjp_status vjp_question_ask(struct vjp_truth *truth, struct vjp_kinks kinks,
                                                struct vjp_question *out, struct vjp_error *error);

/* The case that answers are judged by: the case itself, or the rows of it. */
const struct vjp_case *vjp_question_case(const struct vjp_question *question);

/* Judges what was seen of the kernel. By rows, the answers in *seen become those of the rows, and an element elsewhere
 * that is not 0, as it should be where the cotangent is 0, is judged by the rows with its own among them. */
VJP_MUST_CHECK enum vjp_status vjp_question_judge(const struct vjp_question *question,
                                                  const struct vjp_kernel_info *kernel,
                                                  struct vjp_observation *seen,
                                                  struct vjp_judgement *out,
                                                  struct vjp_error *error);

#endif
