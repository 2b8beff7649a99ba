/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_DETAIL_H
#define VJP_REPORTS_CLI_DETAIL_H

#include <stdio.h>

#include "reports/cli/examine.h"

/* What "vjpcheck run" shows. */

/* The case's values, small ones as matrices, and which rows are looked at where that is not all. */
void vjp_detail_print_operands(const struct vjp_question *question, FILE *out);

/* Every gradient of an answer, element by element where it is small, else the worst elements; then
 * the verdict. */
void vjp_detail_print_finding(const struct vjp_question *question, const struct vjp_target *target,
                              int kernel, const struct vjp_finding *finding, FILE *out);

#endif
