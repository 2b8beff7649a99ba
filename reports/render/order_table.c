/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_read.h"
#include "reports/render/order_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status read_known(const json_t *json, struct vjp_order_known *out,
                                  struct vjp_error *error)
{
    struct vjp_order_known k = {0};
    const char *failure = "";
    const json_t *trees = json_object_get(json, "trees");
    const struct {
        const char *name, **out;
    } texts[] = {{"kernel", &k.kernel}, {"case", &k.line},   {"gradient", &k.gradient},
                 {"dtype", &k.dtype},   {"layer", &k.layer}, {"certificate", &k.certificate},
                 {"failure", &failure}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == VJP_OK; i++)
        status = vjp_json_read_text(json, texts[i].name, texts[i].out, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "certified", &k.certified, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "elements", &k.elements, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "calls", &k.calls, error);
    if (status == VJP_OK && !json_is_array(trees))
        status = vjp_json_fail_key("trees", "an array", error);
    if (status != VJP_OK)
        return status;
    for (size_t i = 0; i < json_array_size(trees); i++)
        k.drawings += json_object_get(json_array_get(trees, i), "tree") != NULL;
    k.failed = *failure != '\0';
    k.revealed = k.drawings > 0 && !k.failed;
    *out = k;
    return VJP_OK;
}

/* Takes over json. */
static enum vjp_status keep(struct vjp_order_table *table, json_t *json,
                            const struct vjp_order_known *known, struct vjp_error *error)
{
    const size_t n = (size_t)table->count + 1;
    struct vjp_order_known *more = realloc(table->known, n * sizeof *more);
    if (more)
        table->known = more;
    void **memory = realloc(table->memory, n * sizeof *memory);
    if (memory)
        table->memory = memory;
    if (!more || !memory) {
        json_decref(json);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    table->known[table->count] = *known;
    table->memory[table->count++] = json;
    return VJP_OK;
}

enum vjp_status vjp_order_table_add(struct vjp_order_table *table, const char *line,
                                    struct vjp_error *error)
{
    json_t *json = NULL;
    struct vjp_order_known known;
    const char *type = "";
    enum vjp_status status = vjp_json_parse(line, &json, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(json, "type", &type, error);
    const bool is_order = strcmp(type, "order") == 0;
    if (status == VJP_OK && is_order)
        status = read_known(json, &known, error);
    if (status == VJP_OK && is_order)
        return keep(table, json, &known, error);
    json_decref(json);
    return status;
}

static enum vjp_status take_line(void *table, const char *line, struct vjp_error *error)
{
    return vjp_order_table_add(table, line, error);
}

enum vjp_status vjp_order_table_read(struct vjp_order_table *table, const char *path,
                                     struct vjp_error *error)
{
    return vjp_json_read_lines(path, take_line, table, error);
}

void vjp_order_table_clear(struct vjp_order_table *table)
{
    for (int64_t i = 0; i < table->count; i++)
        json_decref(table->memory[i]);
    free(table->memory);
    free(table->known);
    *table = (struct vjp_order_table){0};
}

const struct vjp_order_known *vjp_order_table_find(const struct vjp_order_table *table,
                                                   const char *kernel, const char *line,
                                                   const char *gradient)
{
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_order_known *k = &table->known[i];
        if (strcmp(k->kernel, kernel) == 0 && strcmp(k->line, line) == 0 &&
            strcmp(k->gradient, gradient) == 0)
            return k;
    }
    return NULL;
}

static void print_field(const char *text, FILE *out)
{
    fputc('"', out);
    for (const char *p = text ? text : ""; *p; p++)
        fprintf(out, "%s%c", *p == '"' ? "\"" : "", *p);
    fputs("\",", out);
}

static void print_tree(const json_t *tree, FILE *out)
{
    const json_t *replay = json_object_get(tree, "replay");
    print_field(json_string_value(json_object_get(tree, "element")), out);
    print_field(json_string_value(json_object_get(tree, "outcome")), out);
    fprintf(out, "%" JSON_INTEGER_FORMAT ",", json_integer_value(json_object_get(tree, "terms")));
    fprintf(out, "%" JSON_INTEGER_FORMAT ",", json_integer_value(json_object_get(tree, "height")));
    print_field(json_string_value(json_object_get(tree, "name")), out);
    print_field(json_string_value(json_object_get(tree, "tree")), out);
    print_field(json_string_value(json_object_get(tree, "rounding")), out);
    print_field(json_string_value(json_object_get(replay, "arithmetic")), out);
}

void vjp_order_csv_print(const struct vjp_order_table *table, FILE *out)
{
    fputs("kernel,layer,dtype,gradient,case,element,outcome,terms,height,name,tree,rounding,"
          "arithmetic,elements,certified,calls,certificate\r\n",
          out);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_order_known *k = &table->known[i];
        const json_t *trees = json_object_get(table->memory[i], "trees");
        const size_t n = json_array_size(trees);
        for (size_t t = 0; t < n || t == 0; t++) {
            print_field(k->kernel, out);
            print_field(k->layer, out);
            print_field(k->dtype, out);
            print_field(k->gradient, out);
            print_field(k->line, out);
            print_tree(n > 0 ? json_array_get(trees, t) : NULL, out);
            fprintf(out, "%" PRId64 ",%" PRId64 ",%" PRId64 ",\"%s\"\r\n", k->elements,
                    k->certified, k->calls, k->certificate);
        }
    }
}
