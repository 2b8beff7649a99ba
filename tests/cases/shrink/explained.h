/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_SHRINK_EXPLAINED_H
#define VJP_TESTS_CASES_SHRINK_EXPLAINED_H

/* What vjp_explain_case finds of a rule. */

#include "cases/shrink/explain.h"
#include "tests/cases/shrink/synthetic.h"

#include <stdarg.h>

#define ENOUGH 4000

static inline struct vjp_explanation explain_with(struct synthetic *s, const char *line,
                                                  int64_t runs)
{
    struct vjp_case c = parse_case(line);
    struct vjp_explanation out = {.runs = -1};
    struct vjp_error error = {""};
    const struct vjp_shrink how = synthetic_how(s, runs);
    s->patience = 2;
    cr_assert_eq(vjp_explain_case(&how, &c, &out, &error), VJP_OK, "%s: %s", line, error.text);
    cr_expect_eq(out.runs, s->calls);
    cr_expect_leq(s->calls, runs);
    vjp_case_clear(&c);
    vjp_text_clear(&s->asked);
    return out;
}

/* The sentences that say that a field matters are these, in this order, NULL behind the last. */
static inline void expect_remarks(const struct vjp_explanation *out, ...)
{
    va_list sentences;
    int i = 0;
    va_start(sentences, out);
    for (const char *s = va_arg(sentences, const char *); s; s = va_arg(sentences, const char *)) {
        cr_assert_lt(i, out->remarks.count, "missing: %s", s);
        cr_expect_str_eq(out->remarks.at[i].text, s, "found    %s\nexpected %s",
                         out->remarks.at[i].text, s);
        i++;
    }
    va_end(sentences);
    if (i < out->remarks.count)
        cr_expect_eq(out->remarks.at[i].rank, VJP_REMARK_ALWAYS, "also: %s",
                     out->remarks.at[i].text);
}

/* This is among the sentences. */
static inline void expect_remark(const struct vjp_explanation *out, const char *sentence)
{
    bool found = false;
    for (int i = 0; i < out->remarks.count; i++)
        found |= strcmp(out->remarks.at[i].text, sentence) == 0;
    cr_expect(found, "not said: %s", sentence);
}

static inline void expect_explained(bool (*rule)(const struct vjp_case *, const struct vjp_data *),
                                    const char *line, const char *sentence)
{
    struct synthetic s = {.rule = rule};
    const struct vjp_explanation out = explain_with(&s, line, ENOUGH);
    expect_remark(&out, sentence);
}

#endif
