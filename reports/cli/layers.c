/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/layers.h"

#include "cases/base/text.h"
#include "cases/gen/generate.h"
#include "cases/gen/small.h"
#include "cases/line/parse.h"
#include "oracle/metric/reference.h"
#include "reports/cli/attribute.h"
#include "reports/render/table.h"

/* How many are tried for a line. Each misses in half of all cases a relu or a hinge of one element, and all of
 * them with probability 2^-16; where no seed helps they take no time that anybody notices. */
#define SEEDS 16

static const struct vjp_column three_columns[] = {
    {{"", ""}, true}, {{"", ""}, true}, {{"", ""}, true}};

static void print_rows(struct vjp_table *table, const char *title, FILE *out)
{
    if (table->n_rows > 0 || table->failed) {
        fprintf(out, "  %s\n", title);
        vjp_table_print(table, "    ", false, out);
    }
    vjp_table_clear(table);
}

void vjp_layers_print(FILE *out)
{
    struct vjp_table table = {.columns = three_columns, .n_columns = 2};
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        const char *const cells[] = {(*spec)->name, (*spec)->formula};
        vjp_table_add(&table, cells, NULL);
    }
    vjp_table_print(&table, "  ", false, out);
    vjp_table_clear(&table);
}

static void print_attrs(const struct vjp_spec *spec, FILE *out)
{
    struct vjp_table table = {.columns = three_columns, .n_columns = 3};
    for (int a = 0; a < spec->n_attrs; a++) {
        const struct vjp_attr_spec *attr = &spec->attr[a];
        struct vjp_text range = {0};
        struct vjp_text fallback = {0};
        vjp_text_add(&range, "%s: ", attr->name);
        vjp_attribute_add_range(attr, &range);
        vjp_text_add(&fallback, "(");
        vjp_attribute_add_fallback(attr, &fallback);
        vjp_text_add(&fallback, ")");
        const char *const cells[] = {range.data ? range.data : "?",
                                     fallback.data ? fallback.data : "?",
                                     attr->help ? attr->help : ""};
        vjp_table_add(&table, cells, NULL);
        vjp_text_clear(&range);
        vjp_text_clear(&fallback);
    }
    print_rows(&table, "attributes (in brackets: where a line does not say)", out);
}

static void print_inputs(const struct vjp_spec *spec, FILE *out)
{
    static const char *const domains[] = {[VJP_DOMAIN_REAL] = "numbers",
                                          [VJP_DOMAIN_POSITIVE] = "numbers above 0",
                                          [VJP_DOMAIN_ONEHOT] = "rows with one 1 and zeros",
                                          [VJP_DOMAIN_INDEX] = "i32: indices from 0",
                                          [VJP_DOMAIN_MASK] = "i32: 0 or 1"};
    struct vjp_table table = {.columns = three_columns, .n_columns = 3};
    for (int i = 0; i < spec->n_inputs; i++) {
        const struct vjp_input_spec *input = &spec->input[i];
        struct vjp_text what = {0};
        vjp_text_add(&what, "%s%s", domains[input->domain],
                     input->differentiable ? "" : ", no gradient");
        const char *const cells[] = {input->name, what.data ? what.data : "?",
                                     input->help ? input->help : ""};
        vjp_table_add(&table, cells, NULL);
        vjp_text_clear(&what);
    }
    print_rows(&table, "operands", out);
}

static void print_saved(const struct vjp_spec *spec, FILE *out)
{
    struct vjp_table table = {.columns = three_columns, .n_columns = 2};
    for (int k = 0; k < spec->n_saved; k++) {
        const char *const cells[] = {spec->saved[k].name,
                                     spec->saved[k].help ? spec->saved[k].help : ""};
        vjp_table_add(&table, cells, NULL);
    }
    print_rows(&table, "saved by the forward pass, for kernels that want it", out);
}

static void print_names(const struct vjp_spec *spec, FILE *out)
{
    char name[VJP_FIELD_NAME_MAX];
    fprintf(out, "  dimensions\n   ");
    for (int d = 0; d < spec->n_dims; d++)
        fprintf(out, " %s", spec->dim[d]);
    fprintf(out, "\n  gradients, given %s\n   ",
            vjp_slot_name(spec, vjp_slot_cotangent(spec), name, sizeof name));
    for (int i = 0; i < spec->n_inputs; i++) {
        if (spec->input[i].differentiable)
            fprintf(out, " %s", vjp_slot_name(spec, vjp_slot_gradient(spec, i), name, sizeof name));
    }
    fputc('\n', out);
}

/* Whether some gradient element is no zero, so that an answer of zeros would not pass. False, too, where a stage
 * gives the next what it does not take. */
static bool is_telling(const struct vjp_case *c)
{
    struct vjp_data data = {0};
    struct vjp_reference *reference = NULL;
    struct vjp_error unused;
    bool telling = false;
    enum vjp_status status = vjp_data_generate(c, &data, &unused);
    if (status == VJP_OK)
        status = vjp_reference_create(c, &data, (struct vjp_kinks){0}, &reference, &unused);
    for (int slot = 0; status == VJP_OK && slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        int64_t count = 0;
        if (!vjp_slot_is_gradient(c->spec, slot) || !vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        status = vjp_shape_count(&shape, &count, &unused);
        for (int64_t i = 0; i < count && !telling; i++)
            telling = !vjp_bits_is_zero(c->dtype, vjp_reference_rounded(reference, slot, i));
    }
    if (reference)
        vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    return telling;
}

/* The first seed with which the case is telling; 0 where none is. */
static void choose_seed(struct vjp_case *c)
{
    while (!is_telling(c) && c->seed < SEEDS)
        c->seed++;
    c->seed %= SEEDS;
}

/* The smallest case, or why there is none. */
static void print_line(const struct vjp_spec *spec, FILE *out)
{
    struct vjp_case c = {0};
    struct vjp_text line = {0};
    struct vjp_error error;
    if (vjp_small_case(spec, VJP_F32, &c, &error) == VJP_OK) {
        choose_seed(&c);
        vjp_case_print(&c, &line);
        fprintf(out, "  a line\n    %s\n", line.data ? line.data : "(out of memory)");
    } else {
        fprintf(out, "  no line was found: %s\n", error.text);
    }
    vjp_text_clear(&line);
    vjp_case_clear(&c);
}

void vjp_layers_print_one(const struct vjp_spec *spec, FILE *out)
{
    fprintf(out, "%s: %s\n", spec->name, spec->formula);
    print_inputs(spec, out);
    print_names(spec, out);
    print_attrs(spec, out);
    print_saved(spec, out);
    print_line(spec, out);
}
