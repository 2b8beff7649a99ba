/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RULES_QUESTION_H
#define VJP_TESTS_REPORTS_RULES_QUESTION_H

/* What rules are asked in tests: a vector of up to four numbers. */
#include "reports/rules/rules.h"

#include <criterion/criterion.h>
#include <math.h>

#define ELEMENTS 4

/* An example of what a rule says, with the numbers that follow from its published formula. */
struct example {
    const char *layer;
    enum vjp_dtype dtype;
    int count;
    double got[ELEMENTS], want[ELEMENTS];
    enum vjp_opinion expected;
};

static inline struct vjp_rule_question ask(const struct example *e)
{
    return (struct vjp_rule_question){.layer = e->layer ? e->layer : "linear",
                                      .dtype = e->dtype,
                                      .count = e->count,
                                      .row = e->count,
                                      .got = e->got,
                                      .want = e->want,
                                      .exact = true};
}

static inline void expect_opinions(enum vjp_opinion (*judge)(const struct vjp_rule_question *),
                                   const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct vjp_rule_question question = ask(&examples[i]);
        cr_expect_eq(judge(&question), examples[i].expected, "example %zu: got %.17g, want %.17g",
                     i, examples[i].got[0], examples[i].want[0]);
    }
}

#define EXPECT_OPINIONS(judge, examples)                                                           \
    expect_opinions(judge, examples, sizeof(examples) / sizeof *(examples))

#define ACCEPT VJP_OPINION_ACCEPT
#define REFUSE VJP_OPINION_REFUSE
#define NONE   VJP_OPINION_NONE

#endif
