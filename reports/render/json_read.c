/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_read.h"

#include "impls/host/foreign.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_json_fail_key(const char *key, const char *expected, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE, "\"%s\": expected %s", key, expected);
}

enum vjp_status vjp_json_read_text(const json_t *object, const char *key, const char **out,
                                   struct vjp_error *error)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value))
        return vjp_json_fail_key(key, "a text", error);
    *out = text;
    return VJP_OK;
}

enum vjp_status vjp_json_read_text_if(const json_t *object, const char *key, const char **out,
                                      struct vjp_error *error)
{
    return json_object_get(object, key) ? vjp_json_read_text(object, key, out, error) : VJP_OK;
}

enum vjp_status vjp_json_read_texts_if(const json_t *object, const char *key, int most,
                                       const char **out, int *count, struct vjp_error *error)
{
    const json_t *array = json_object_get(object, key);
    if (array && (!json_is_array(array) || json_array_size(array) > (size_t)most))
        return vjp_json_fail_key(key, "an array of texts, not too many", error);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *value = json_array_get(array, i);
        const char *text = json_string_value(value);
        if (!text || strlen(text) != json_string_length(value))
            return vjp_json_fail_key(key, "an array of texts", error);
    }
    for (size_t i = 0; i < json_array_size(array); i++)
        out[i] = json_string_value(json_array_get(array, i));
    *count = (int)json_array_size(array);
    return VJP_OK;
}

#define COUNT_MAX (INT64_C(1) << 53)

bool vjp_json_is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= COUNT_MAX;
}

enum vjp_status vjp_json_read_count(const json_t *object, const char *key, int64_t *out,
                                    struct vjp_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!vjp_json_is_count(value))
        return vjp_json_fail_key(key, "a whole number from 0 to 2^53", error);
    *out = json_integer_value(value);
    return VJP_OK;
}

enum vjp_status vjp_json_read_number(const json_t *object, const char *key, double *out,
                                     struct vjp_error *error)
{
    static const struct {
        const char *text;
        double value;
    } texts[] = {{"nan", (double)NAN}, {"inf", (double)INFINITY}, {"-inf", -(double)INFINITY}};
    const json_t *value = json_object_get(object, key);
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return VJP_OK;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), texts[i].text) == 0) {
            *out = texts[i].value;
            return VJP_OK;
        }
    }
    return vjp_json_fail_key(key, "a number, or \"nan\", \"inf\" or \"-inf\"", error);
}

enum vjp_status vjp_json_read_verdict(const json_t *object, const char *key, enum vjp_verdict *out,
                                      struct vjp_error *error)
{
    const char *name;
    const enum vjp_status status = vjp_json_read_text(object, key, &name, error);
    if (status != VJP_OK)
        return status;
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (strcmp(name, vjp_verdict_name((enum vjp_verdict)v)) == 0) {
            *out = (enum vjp_verdict)v;
            return VJP_OK;
        }
    }
    return vjp_json_fail_key(key, "a verdict's word", error);
}

enum vjp_status vjp_json_read_members(const json_t *object, const struct vjp_json_member *members,
                                      int n, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < n && status == VJP_OK; i++) {
        const struct vjp_json_member *m = &members[i];
        if (m->text)
            status = vjp_json_read_text(object, m->key, m->text, error);
        else if (m->count)
            status = vjp_json_read_count(object, m->key, m->count, error);
        else
            status = vjp_json_read_number(object, m->key, m->number, error);
    }
    return status;
}

enum vjp_status vjp_json_read_bits(const json_t *object, const char *key, uint64_t *out,
                                   struct vjp_error *error)
{
    const char *text = json_string_value(json_object_get(object, key));
    char *end = NULL;
    errno = 0;
    const unsigned long long value =
        text && strncmp(text, "0x", 2) == 0 ? strtoull(text + 2, &end, 16) : 0;
    if (!end || end == text + 2 || *end != '\0' || errno != 0 || text[2] == '-' || text[2] == '+')
        return vjp_json_fail_key(key, "a hexadecimal number, as \"0x1f\"", error);
    *out = value;
    return VJP_OK;
}

/* What is shown of the line may hold any byte of it. */
enum vjp_status vjp_json_parse(const char *line, json_t **out, struct vjp_error *error)
{
    json_error_t why;
    char text[sizeof why.text];
    json_t *json = json_loads(line, 0, &why);
    if (!json) {
        vjp_foreign_text(text, sizeof text, why.text, sizeof why.text);
        return vjp_fail(error, VJP_ERR_USAGE, "column %d: %s", why.column, text);
    }
    *out = json;
    return VJP_OK;
}

enum vjp_status vjp_json_read_lines(const char *path, vjp_json_take_line *take, void *table,
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    char *line = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return vjp_fail(error, VJP_ERR_IO, "%s: %s", path, strerror(errno));
    for (int number = 1; status == VJP_OK && getline(&line, &capacity, file) > 0; number++) {
        status = take(table, line, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "%s:%d: ", path, number);
    }
    if (status == VJP_OK && ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return status;
}
