/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ATTRIBUTE_H
#define VJP_REPORTS_CLI_ATTRIBUTE_H

#include "cases/base/text.h"
#include "cases/spec/case.h"

/* Sets attribute a of the case from a word of the command line: a whole number, a choice's name, or a
 * real. VJP_ERR_USAGE repeats the word and says what is accepted. */
VJP_MUST_CHECK enum vjp_status vjp_attribute_set(struct vjp_case *c, int a, const char *text,
                                                 struct vjp_error *error);

/* Adds what the attribute accepts: "0 to 1", "mean, sum", "1e-12 to 1". */
void vjp_attribute_add_range(const struct vjp_attr_spec *attr, struct vjp_text *out);

/* Adds the value it has where nobody says: "0", "mean", "1e-05". */
void vjp_attribute_add_fallback(const struct vjp_attr_spec *attr, struct vjp_text *out);

#endif
