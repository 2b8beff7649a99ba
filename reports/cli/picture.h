/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PICTURE_H
#define VJP_REPORTS_CLI_PICTURE_H

#include <stdio.h>

#include "reports/cli/examine.h"

/* Where in an answer's gradients the errors stand. Gradients of more elements are left out: each is measured, in some
 * seconds at most. */
#define VJP_PICTURE_MAX 65536

/* An enum vjp_standing for each element of an answer, row-major: the caller's to free. NULL: too many elements, or none,
 * or no memory. */
uint8_t *vjp_picture_standing(const struct vjp_question *question, const struct vjp_model *model,
                              int slot, const struct vjp_tensor *got);

/* One gradient, in characters. Its rows are those of the last axis. */
void vjp_picture_print(const struct vjp_question *question, const struct vjp_model *model,
                       const struct vjp_finding *finding, int slot, const char *indent, FILE *out);

/* All gradients that were measured, as an SVG file. VJP_ERR_USAGE where there is none to be shown, or the file cannot be
 * written. */
VJP_MUST_CHECK enum vjp_status vjp_picture_write(const struct vjp_question *question,
                                                 const struct vjp_target *target, int kernel,
                                                 const struct vjp_finding *finding,
                                                 const char *path, struct vjp_error *error);

#endif
