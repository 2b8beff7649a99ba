/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_LINES_H
#define VJP_TESTS_CASES_LINES_H

/* Cases and data by their line, for tests that need some. */

#include "cases/gen/generate.h"
#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <string.h>

static inline struct vjp_case parse_case(const char *line)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s: %s", line, error.text);
    return c;
}

static inline struct vjp_data generate_line(const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_data_generate(&c, &data, &error), VJP_OK, "%s: %s", line, error.text);
    vjp_case_clear(&c);
    return data;
}

static inline double element(const struct vjp_data *data, int slot, int64_t i)
{
    return vjp_bits_to_double(data->slot[slot].dtype, vjp_tensor_get(&data->slot[slot], i));
}

/* The slots of linear. */
enum { X, W, B, DY, DX, DW, DB };

#endif
