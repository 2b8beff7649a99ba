/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/jacobian.h"

#include "cases/base/checked.h"
#include "cases/base/text.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* jansson's setters take a NULL value, refuse it and say so: failures are gathered in *failed. */
static void set(json_t *object, const char *key, json_t *value, bool *failed)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

static void append(json_t *array, json_t *value, bool *failed)
{
    *failed = json_array_append_new(array, value) != 0 || *failed;
}

static json_t *make_shape(const struct vjp_shape *shape, bool *failed)
{
    json_t *array = json_array();
    for (int d = 0; d < shape->rank; d++)
        append(array, json_integer(shape->dim[d]), failed);
    return array;
}

static json_t *make_number(double value)
{
    if (isfinite(value))
        return json_real(value);
    return json_string(isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
}

static json_t *make_entry(const struct vjp_jacobian_view *view, int64_t i, int64_t j, bool *failed)
{
    double low;
    double high;
    if (!view->entry(view->context, i, j, &low, &high))
        return json_integer(0);
    if (!view->is_known(view->context, i, j))
        return json_string("not determined");
    const bool is_set = view->is_set(view->context, i, j);
    if (!is_set && (low == high || isnan(low)))
        return make_number(low);
    json_t *ends = json_array();
    append(ends, make_number(low), failed);
    append(ends, make_number(high), failed);
    if (!is_set)
        return ends;
    json_t *object = json_object();
    set(object, "set", ends, failed);
    return object;
}

static json_t *make_jacobian(const struct vjp_jacobian_view *view, int64_t rows, int64_t columns,
                             bool *failed)
{
    struct vjp_shape shape;
    json_t *object = json_object();
    json_t *values = json_array();
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++)
            append(values, make_entry(view, i, j, failed), failed);
    }
    set(object, "of", json_string(view->of), failed);
    set(object, "wrt", json_string(view->wrt), failed);
    if (vjp_shape_concat(&view->of_shape, &view->wrt_shape, &shape, NULL) == VJP_OK)
        set(object, "shape", make_shape(&shape, failed), failed);
    set(object, "of_shape", make_shape(&view->of_shape, failed), failed);
    set(object, "wrt_shape", make_shape(&view->wrt_shape, failed), failed);
    set(object, "nonzero", json_integer(view->nonzero), failed);
    set(object, "values", values, failed);
    return object;
}

static enum vjp_status add_jacobian(const struct vjp_jacobian_view *view, json_t *array,
                                    bool *failed, struct vjp_error *error)
{
    int64_t rows = 0;
    int64_t columns = 0;
    int64_t entries = 0;
    enum vjp_status status = vjp_shape_count(&view->of_shape, &rows, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&view->wrt_shape, &columns, error);
    if (status != VJP_OK)
        return status;
    if (!vjp_checked_mul(rows, columns, &entries) || entries > VJP_JACOBIAN_JSON_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "d%s/d%s has more than %" PRId64 " entries, too many for JSON: use "
                        "--format npy",
                        view->of, view->wrt, VJP_JACOBIAN_JSON_MAX);
    append(array, make_jacobian(view, rows, columns, failed), failed);
    return VJP_OK;
}

enum vjp_status vjp_jacobian_print_json(const char *line, int precision,
                                        const struct vjp_jacobian_view *views, int count, FILE *out,
                                        struct vjp_error *error)
{
    bool failed = false;
    enum vjp_status status = VJP_OK;
    struct vjp_text clean = {0};
    json_t *document = json_object();
    json_t *array = json_array();
    for (int i = 0; i < count && status == VJP_OK; i++)
        status = add_jacobian(&views[i], array, &failed, error);
    vjp_escape_utf8(&clean, line);
    failed = failed || clean.failed;
    if (!failed)
        set(document, "case", json_string(clean.data), &failed);
    set(document, "precision", json_integer(precision), &failed);
    set(document, "jacobians", array, &failed);
    char *text = failed ? NULL : json_dumps(document, JSON_COMPACT);
    if (status == VJP_OK && text)
        fprintf(out, "%s\n", text);
    else if (status == VJP_OK)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    free(text);
    vjp_text_clear(&clean);
    json_decref(document);
    return status;
}
