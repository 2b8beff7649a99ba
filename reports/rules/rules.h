/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_RULES_H
#define VJP_REPORTS_RULES_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"

/* The rules by which kernels are judged elsewhere, each as its project publishes it, with its arithmetic and with
 * what it does about NaN, infinities and nothing at all: what vjpcheck's own verdicts are set beside. A rule is
 * nothing that a verdict depends on. */

/* One gradient of one case. The arrays are row-major, of count elements, and belong to the caller. */
struct vjp_rule_question {
    const char *layer;    /* the spec's name */
    enum vjp_dtype dtype; /* of the gradient */
    int64_t count;
    int64_t row;             /* elements of the last axis, of which count is a multiple */
    const double *got;       /* what the kernel wrote */
    const double *want;      /* the correctly rounded gradient, in the dtype */
    const double *scale;     /* S = sum |a_i b_i| of each element's terms; NULL: not known */
    const double *numerical; /* by vjp_rule_differences; NULL: not known */
    bool exact; /* the operands are such that every order of summation gives the exact result */
    double
        slack; /* the rule's tolerance is taken so many times, to see what a looser or tighter one does; 0 stands for
                     1, as published */
};

/* The factor on the tolerance. */
static inline double vjp_rule_slack(const struct vjp_rule_question *question)
{
    return question->slack > 0 ? question->slack : 1;
}

enum vjp_opinion {
    VJP_OPINION_NONE =
        0, /* the rule is for other layers, dtypes or operands, or something is not known */
    VJP_OPINION_ACCEPT,
    VJP_OPINION_REFUSE,
};

/* What a rule has to be told besides got and want. */
enum vjp_rule_need {
    VJP_RULE_NEEDS_SCALE = 1 << 0,
    VJP_RULE_NEEDS_NUMERICAL = 1 << 1,
    VJP_RULE_NEEDS_EXACT =
        1 << 2, /* of the layers that it judges so: an opinion on such operands only */
};

struct vjp_published_rule {
    const char *name;
    const char *source; /* the project, the files, the commits */
    int needs;          /* bits of enum vjp_rule_need */
    int trials; /* cases that differ in their seeds only; the rule accepts a kernel if it accepts all of them */
    enum vjp_opinion (*judge)(const struct vjp_rule_question *question);
};

/* All of them; the last has no name. */
extern const struct vjp_published_rule vjp_rules[];

/* The rule's opinion; VJP_OPINION_NONE as well where the question lacks an array that the rule needs. */
enum vjp_opinion vjp_rule_judge(const struct vjp_published_rule *rule,
                                const struct vjp_rule_question *question);

#endif
