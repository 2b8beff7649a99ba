/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_FINDS_H
#define VJP_REPORTS_CLI_FINDS_H

#include "reports/cli/hunt.h"

/* What a campaign found, told. */

/* How close right answers came to their bounds: the kernels and dtypes with the largest errors, with their cases. */
void vjp_finds_print_worst(const struct vjp_pool *pool, FILE *out);

/* Makes each failure small, says what it depends on and what is wrong in the kernel's Jacobian, and how it becomes a C
 * file, to out and, if that is not NULL, to the report. The smallest cases go to the corpus, if that is not NULL, and pictures of the first ones to the folder svg, if that is not NULL. An interrupt leaves all but the first sight of a failure out. */
VJP_MUST_CHECK enum vjp_status
vjp_finds_tell(const struct vjp_hunt_plan *plan, struct vjp_targets *targets,
               const struct vjp_hunt *hunt, struct vjp_corpus_folder *corpus, const char *svg,
               FILE *out, struct vjp_report *report, struct vjp_error *error);

#endif
