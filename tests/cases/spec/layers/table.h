/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_SPEC_LAYERS_TABLE_H
#define VJP_TESTS_CASES_SPEC_LAYERS_TABLE_H

#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

/* Tables of lines with the shapes that follow, and of lines that must be refused. Every expectation
 * was written by hand. */

#define SHAPES_MAX 7

struct shaped {
    const char *line;
    const char *shape[SHAPES_MAX]; /* of the inputs, "-" for one that is absent; of the output; of
                                      what is saved; then NULL */
    int64_t reduction;
};

struct refused {
    const char *line;
    const char *message;
};

static inline void shaped_check(const struct shaped *row)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse(row->line, &c, &error), VJP_OK, "%s: %s", row->line, error.text);
    const int n = c.spec->n_inputs + 1 + c.spec->n_saved;
    cr_assert(n <= SHAPES_MAX && (n == SHAPES_MAX || !row->shape[n]), "%s", row->line);
    for (int i = 0; i < n; i++) {
        struct vjp_shape shape;
        char text[100] = "-";
        if (i > c.spec->n_inputs)
            vjp_case_saved_shape(&c, i - c.spec->n_inputs - 1, &shape);
        else
            vjp_case_slot_shape(&c, i, &shape);
        if (i > c.spec->n_inputs || vjp_case_has_slot(&c, i))
            vjp_shape_text(&shape, text, sizeof text);
        cr_expect_str_eq(text, row->shape[i], "%s: operand %d is %s, expected %s", row->line, i,
                         text, row->shape[i]);
    }
    cr_expect_eq(c.spec->reduction(&c), row->reduction, "%s: %" PRId64, row->line,
                 c.spec->reduction(&c));
    vjp_case_clear(&c);
}

static inline void refused_check(const struct refused *row)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_case_parse(row->line, &c, &error);
    cr_expect(status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT, "%s: status %d", row->line,
              (int)status);
    cr_expect(strstr(error.text, row->message), "%s: \"%s\", expected \"%s\"", row->line,
              error.text, row->message);
    if (status == VJP_OK)
        vjp_case_clear(&c);
}

#define TABLE_COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

#endif
