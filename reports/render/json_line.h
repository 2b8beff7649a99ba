/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JSON_LINE_H
#define VJP_REPORTS_RENDER_JSON_LINE_H

#include <jansson.h>
#include <stdbool.h>

#include "cases/base/text.h"
#include "reports/bench/sample.h"
#include "reports/render/sink.h"

/* One object of a stream of JSON lines while it is made. Each setter takes a NULL value (memory has ended) as
 * it comes; vjp_json_end looks once, because an object that lacks a key is not the object. */
struct vjp_json_line {
    json_t *json;
    bool failed;
};

/* An object with "type". */
struct vjp_json_line vjp_json_begin(const char *type);

/* Takes over the value. */
void vjp_json_set(struct vjp_json_line *line, const char *key, json_t *value);

/* The object itself, for another one to hold, or NULL where it lacks something. */
json_t *vjp_json_take(struct vjp_json_line *line);

/* A text that somebody else wrote: what is no UTF-8 is replaced. NULL: "". */
json_t *vjp_json_text(const char *text);

/* An array of such texts. */
json_t *vjp_json_texts(const char *const *texts, int count);

/* A number; infinities and NaN are the texts "inf", "-inf" and "nan". */
json_t *vjp_json_number(double value);

/* What is known of repeated measurements, as an object: n, median, q1, q3, low, high. */
void vjp_json_set_sample(struct vjp_json_line *line, const char *key,
                         const struct vjp_sample *sample);

/* Adds the line to a text, and frees the object in any case. */
VJP_MUST_CHECK enum vjp_status vjp_json_end_text(struct vjp_json_line *line, struct vjp_text *out,
                                                 struct vjp_error *error);

/* Writes the line, and frees the object in any case. */
VJP_MUST_CHECK enum vjp_status vjp_json_end(struct vjp_json_line *line, struct vjp_sink *sink,
                                            struct vjp_error *error);

#endif
