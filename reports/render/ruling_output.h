/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_RULING_OUTPUT_H
#define VJP_REPORTS_RENDER_RULING_OUTPUT_H

#include <stdio.h>

#include "reports/render/ruling_json.h"

/* What is made of the study of rules: a table for other programs, plots, a text. */

#define VJP_RULING_OURS_NAME "vjpcheck"

/* Walks through the layers and dtypes that rulings are of, each once: *i begins at 0, *filter gets them. */
bool vjp_ruling_next(const struct vjp_ruling_table *table, int64_t *i,
                     struct vjp_ruling_filter *filter);

/* RFC 4180: a row for each answer and gap, the names of the columns first. A level is empty where the rule has no opinion,
 * and "never". */
void vjp_ruling_csv_print(const struct vjp_ruling_table *table, FILE *out);

/* Writes study.csv and the plots into the folder. For each layer and dtype:
 *     rules-tradeoff-LAYER-DTYPE.svg   defects let through over right answers refused: a line for each rule as its tolerance
 *                                      shrinks and grows, with a mark where it is as published
 *     rules-refused-...svg             right answers refused, over what is swept
 *     rules-through-...svg             defects let through, over what is swept
 *     rules-size-...svg                defects let through, over their size */
VJP_MUST_CHECK enum vjp_status vjp_ruling_output_write(const char *folder,
                                                       const struct vjp_ruling_table *table,
                                                       struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_ruling_plots_write(const char *folder,
                                                      const struct vjp_ruling_table *table,
                                                      struct vjp_error *error);

void vjp_ruling_output_print(const char *folder, const struct vjp_ruling_table *table, bool colour,
                             FILE *out);

#endif
