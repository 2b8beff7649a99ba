/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JSON_READ_H
#define VJP_REPORTS_RENDER_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "reports/verdict/verdict.h"

/* What stands under a key of an object that somebody else may have written. VJP_ERR_USAGE, naming the key and what was
 * expected, where it is something else, or is not there; outputs are untouched then. */

/* Says so. */
VJP_MUST_CHECK enum vjp_status vjp_json_fail_key(const char *key, const char *expected,
                                                 struct vjp_error *error);

/* A text, which belongs to the object. A NUL in it is refused: what lies behind it would not be seen. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_text(const json_t *object, const char *key,
                                                  const char **out, struct vjp_error *error);

/* The same of a key that need not be there: *out is as it was then. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_text_if(const json_t *object, const char *key,
                                                     const char **out, struct vjp_error *error);

/* Texts of an array, which need not be there: at most so many, *count of them. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_texts_if(const json_t *object, const char *key,
                                                      int most, const char **out, int *count,
                                                      struct vjp_error *error);

/* A whole number from 0 to 2^53, so that the sums of a thousand files are still numbers. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_count(const json_t *object, const char *key,
                                                   int64_t *out, struct vjp_error *error);
bool vjp_json_is_count(const json_t *value);

/* A number, or "nan", "inf", "-inf". */
VJP_MUST_CHECK enum vjp_status vjp_json_read_number(const json_t *object, const char *key,
                                                    double *out, struct vjp_error *error);

/* A verdict's word. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_verdict(const json_t *object, const char *key,
                                                     enum vjp_verdict *out,
                                                     struct vjp_error *error);

/* A key and where its value goes: the one of the places that is not NULL. */
struct vjp_json_member {
    const char *key;
    const char **text;
    int64_t *count;
    double *number;
};

/* Reads them in their order, up to the first that is not as it should be; those before it are set then. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_members(const json_t *object,
                                                     const struct vjp_json_member *members, int n,
                                                     struct vjp_error *error);

/* 64 bits, which a JSON number does not hold: "0x1f". */
VJP_MUST_CHECK enum vjp_status vjp_json_read_bits(const json_t *object, const char *key,
                                                  uint64_t *out, struct vjp_error *error);

/* Parses one line; *out is the caller's to let go of. VJP_ERR_USAGE names the column. */
VJP_MUST_CHECK enum vjp_status vjp_json_parse(const char *line, json_t **out,
                                              struct vjp_error *error);

/* What becomes of a line of a file, which ends with its newline if it has one. */
typedef enum vjp_status vjp_json_take_line(void *table, const char *line, struct vjp_error *error);

/* Gives the lines of the file to take, one after the other, until it fails; errors name file and line. */
VJP_MUST_CHECK enum vjp_status vjp_json_read_lines(const char *path, vjp_json_take_line *take,
                                                   void *table, struct vjp_error *error);

#endif
