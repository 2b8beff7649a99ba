/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PAPER_H
#define VJP_REPORTS_CLI_PAPER_H

#include "reports/cli/question.h"
#include "reports/rules/rules.h"

/* One gradient of an answer as other people's rules are given it: in doubles, at either end of its pages. */
struct vjp_paper {
    double *memory; /* that the arrays lie in */
    double *got[2], *want[2], *scale, *numerical;
    bool is_known;                     /* the oracle knows every element */
    struct vjp_rule_question question; /* but for got and want, which are those of one end */
};

/* seen has the gradient of the input. Where every side of a kink is right, want is the side that the answer took. scale: S of
 * each element, where it is known already, or NULL. With differences, the numerical gradient is there as well, of small cases only. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_paper_make(const struct vjp_question *q,
                                              const struct vjp_observation *seen, int input,
                                              const double *scale, bool differences,
                                              struct vjp_paper *out, struct vjp_error *error);
void vjp_paper_clear(struct vjp_paper *paper);

#endif
