/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_SHRINK_ASKING_H
#define VJP_TESTS_CASES_SHRINK_ASKING_H

/* A part of the search alone, on a case from its line. */

#include "cases/shrink/ask.h"
#include "tests/cases/shrink/synthetic.h"

typedef bool shrink_part(struct vjp_ask *ask, struct vjp_case *best);

/* The part makes of the case what the expected line says, and tells whether that is another one. */
static inline void expect_part(shrink_part *part,
                               bool (*rule)(const struct vjp_case *, const struct vjp_data *),
                               const char *line, const char *expected)
{
    struct synthetic s = {.rule = rule};
    const struct vjp_shrink how = synthetic_how(&s, 4000);
    struct vjp_ask ask;
    struct vjp_case c = parse_case(line);
    char *before = line_text(&c);
    vjp_ask_init(&ask, &how);
    const bool changed = part(&ask, &c);
    char *after = line_text(&c);
    cr_expect_str_eq(after, expected, "found    %s\nexpected %s", after, expected);
    cr_expect_eq(changed, strcmp(before, after) != 0, "%s", line);
    cr_expect_eq(ask.status, VJP_OK, "%s", ask.error.text);
    free(before);
    free(after);
    vjp_case_clear(&c);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

#endif
