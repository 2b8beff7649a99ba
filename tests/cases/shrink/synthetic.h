/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_SHRINK_SYNTHETIC_H
#define VJP_TESTS_CASES_SHRINK_SYNTHETIC_H

/* Kernels that are nothing but a rule for when they fail: the smallest case is known in advance. */

#include "cases/shrink/shrink.h"
#include "tests/cases/lines.h"

struct synthetic {
    bool (*rule)(const struct vjp_case *c, const struct vjp_data *data);
    enum vjp_status status; /* in the place of an answer, from call fail_at on */
    int64_t fail_at;
    int64_t stop_at; /* stop says so from this call on; 0: never */
    int64_t calls;
    int patience;  /* what does not fail may be asked so often; 0: once */
    bool unsteady; /* whatever was answered it may be asked again: the rule is one of chance */
    struct vjp_text asked; /* each line once, with a newline before and behind */
};

static inline char *line_text(const struct vjp_case *c)
{
    struct vjp_text text = {0};
    vjp_case_print(c, &text);
    cr_assert_not(text.failed);
    return text.data;
}

static inline enum vjp_status synthetic_values(void *env, const struct vjp_case *c,
                                               struct vjp_data *out, struct vjp_error *error)
{
    (void)env;
    return vjp_data_generate(c, out, error);
}

static inline int synthetic_count(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = text; at && (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* Holds the search to its promises: every case is valid, and asked about once, or so often as it may be. */
static inline enum vjp_status synthetic_fails(void *env, const struct vjp_case *c, bool *out,
                                              struct vjp_error *error)
{
    struct synthetic *s = env;
    struct vjp_data data = {0};
    struct vjp_error why = {""};
    char *line = line_text(c);
    struct vjp_text framed = {0};
    cr_assert_eq(vjp_case_validate(c, &why), VJP_OK, "%s: %s", line, why.text);
    vjp_text_add(&framed, "\n%s\n", line);
    const int before = synthetic_count(s->asked.data, framed.data);
    cr_assert(s->unsteady || before == 0 || before < s->patience, "%s: again", line);
    vjp_text_add(&s->asked, "%s", framed.data);
    vjp_text_clear(&framed);
    free(line);
    s->calls++;
    if (s->status != VJP_OK && s->calls >= s->fail_at)
        return vjp_fail(error, s->status, "no answer %d", (int)s->calls);
    cr_assert_eq(vjp_data_generate(c, &data, error), VJP_OK, "%s", error ? error->text : "");
    *out = s->rule(c, &data);
    cr_assert(s->unsteady || before == 0 || !*out, "had failed before");
    vjp_data_clear(&data);
    return VJP_OK;
}

static inline bool synthetic_stop(void *env)
{
    const struct synthetic *s = env;
    return s->stop_at > 0 && s->calls + 1 >= s->stop_at;
}

/* Predicates that know nothing of the case. */
static inline bool always(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return true;
}

static inline bool never(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return false;
}

static inline struct vjp_shrink synthetic_how(struct synthetic *s, int64_t runs)
{
    return (struct vjp_shrink){.fails = synthetic_fails,
                               .values = synthetic_values,
                               .stop = synthetic_stop,
                               .env = s,
                               .runs = runs};
}

#endif
