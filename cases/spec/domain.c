/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/domain.h"

#include "cases/spec/pipeline.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum vjp_domain vjp_domain_of(const struct vjp_spec *spec, int slot)
{
    return slot < spec->n_inputs ? spec->input[slot].domain : VJP_DOMAIN_REAL;
}

enum vjp_domain vjp_domain_wanted(const struct vjp_spec *spec, int slot)
{
    const enum vjp_domain own = vjp_domain_of(spec, slot);
    const struct vjp_pipeline *p = vjp_pipeline_of(spec);
    if (slot >= spec->n_inputs || own != VJP_DOMAIN_REAL)
        return own;
    for (int k = vjp_pipeline_doubtful(spec) - 1; k >= 0; k--) {
        for (int i = 0; i < p->stage[k]->n_inputs; i++) {
            if (p->input[k][i] == slot)
                return VJP_DOMAIN_POSITIVE;
        }
    }
    return own;
}

bool vjp_domain_ignored(const struct vjp_case *c, int input, int64_t *out)
{
    char name[VJP_FIELD_NAME_MAX];
    const char *of = c->spec->input[input].name;
    const char *dot = strrchr(of, '.');
    snprintf(name, sizeof name, "%.*signore_index", dot ? (int)(dot - of) + 1 : 0, of);
    const int attr = vjp_attr_find(c->spec, name);
    if (attr >= 0)
        *out = c->attr[attr];
    return attr >= 0;
}

bool vjp_domain_takes(const struct vjp_case *c, int slot, enum vjp_generator generator)
{
    int64_t ignored;
    switch (vjp_domain_of(c->spec, slot)) {
    case VJP_DOMAIN_POSITIVE:
        return generator == VJP_GEN_POSITIVE || generator == VJP_GEN_SIMPLEX ||
               generator == VJP_GEN_CONST;
    case VJP_DOMAIN_ONEHOT:
        return generator == VJP_GEN_LABELS;
    case VJP_DOMAIN_INDEX:
        return generator == VJP_GEN_INDEX || generator == VJP_GEN_REPEATS ||
               generator == VJP_GEN_CONST ||
               (generator == VJP_GEN_IGNORED && vjp_domain_ignored(c, slot, &ignored));
    case VJP_DOMAIN_MASK:
        return generator == VJP_GEN_MASK || generator == VJP_GEN_CONST;
    case VJP_DOMAIN_REAL:
        break;
    }
    return generator < VJP_GEN_INDEX &&
           (generator != VJP_GEN_CANCEL || vjp_slot_partner(c->spec, slot) >= 0);
}

char *vjp_domain_generators(const struct vjp_case *c, int slot, char *text, int size)
{
    int used = 0;
    text[0] = '\0';
    for (int g = 0; g < VJP_GEN_NAMED && used < size; g++) {
        if (vjp_domain_takes(c, slot, (enum vjp_generator)g))
            used += snprintf(text + used, (size_t)(size - used), "%s%s", used > 0 ? ", " : "",
                             vjp_generator_info((enum vjp_generator)g)->name);
    }
    return text;
}

bool vjp_domain_has(const struct vjp_case *c, int slot, double value)
{
    int64_t ignored;
    switch (vjp_domain_of(c->spec, slot)) {
    case VJP_DOMAIN_POSITIVE:
        return value > 0 && isfinite(value);
    case VJP_DOMAIN_ONEHOT:
    case VJP_DOMAIN_MASK:
        return value == 0 || value == 1;
    case VJP_DOMAIN_INDEX:
        return (value >= 0 && value < (double)c->spec->index_bound(c, slot)) ||
               (vjp_domain_ignored(c, slot, &ignored) && value == (double)ignored);
    case VJP_DOMAIN_REAL:
        break;
    }
    return true;
}

char *vjp_domain_text(const struct vjp_case *c, int slot, char *text, int size)
{
    int64_t ignored;
    int used;
    switch (vjp_domain_of(c->spec, slot)) {
    case VJP_DOMAIN_POSITIVE:
        snprintf(text, (size_t)size, "a finite number greater than 0");
        break;
    case VJP_DOMAIN_ONEHOT:
        snprintf(text, (size_t)size, "one 1 and zeros");
        break;
    case VJP_DOMAIN_MASK:
        snprintf(text, (size_t)size, "0 or 1");
        break;
    case VJP_DOMAIN_INDEX:
        used = snprintf(text, (size_t)size, "an index from 0 to %" PRId64,
                        c->spec->index_bound(c, slot) - 1);
        if (used < size && vjp_domain_ignored(c, slot, &ignored))
            snprintf(text + used, (size_t)(size - used), ", or %" PRId64 ", which is ignored",
                     ignored);
        break;
    case VJP_DOMAIN_REAL:
        snprintf(text, (size_t)size, "a number");
    }
    return text;
}

static double value_at(const struct vjp_tensor *values, int64_t i)
{
    return vjp_bits_to_double(values->dtype, vjp_tensor_get(values, i));
}

/* 9 significant digits tell apart all numbers of f32 and 17 all of f64, but only the shape of what
 * is wrong matters here. */
static enum vjp_status fail_element(const struct vjp_case *c, int slot,
                                    const struct vjp_tensor *values, int64_t i,
                                    struct vjp_error *error)
{
    char name[VJP_SLOT_NAME_MAX];
    char index[128];
    char expected[128];
    return vjp_fail(error, VJP_ERR_USAGE, "%s%s=%.10g: expected %s",
                    vjp_slot_name(c->spec, slot, name, sizeof name),
                    vjp_shape_index_text(&values->shape, i, index, sizeof index),
                    value_at(values, i), vjp_domain_text(c, slot, expected, sizeof expected));
}

/* The row's multi-index is that of an element without its last axis. */
static enum vjp_status fail_row(const struct vjp_case *c, int slot, const struct vjp_tensor *values,
                                int64_t row, int64_t at, struct vjp_error *error)
{
    char name[VJP_SLOT_NAME_MAX];
    char where[128];
    char index[128];
    struct vjp_shape rows = values->shape;
    vjp_slot_name(c->spec, slot, name, sizeof name);
    if (rows.rank > 0)
        rows.rank--;
    if (rows.rank == 1)
        snprintf(where, sizeof where, "%" PRId64, row);
    else
        vjp_shape_index_text(&rows, row, where, sizeof where);
    if (at < 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s row %s: expected one 1 and zeros, found no 1 in it", name, where);
    vjp_shape_index_text(&values->shape, at, index, sizeof index);
    const double found = value_at(values, at);
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s row %s: expected one 1 and zeros, found %s%.10g at %s", name, where,
                    found == 1 ? "another " : "", found, index);
}

static enum vjp_status check_rows(const struct vjp_case *c, int slot,
                                  const struct vjp_tensor *values, struct vjp_error *error)
{
    const struct vjp_shape *shape = &values->shape;
    const int64_t length = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    for (int64_t first = 0; first < values->count; first += length) {
        bool found = false;
        for (int64_t i = first; i < first + length; i++) {
            const double value = value_at(values, i);
            if (!(value == 0 || (value == 1 && !found)))
                return fail_row(c, slot, values, first / length, i, error);
            found |= value == 1;
        }
        if (!found)
            return fail_row(c, slot, values, first / length, -1, error);
    }
    return VJP_OK;
}

enum vjp_status vjp_domain_check(const struct vjp_case *c, int slot,
                                 const struct vjp_tensor *values, struct vjp_error *error)
{
    const enum vjp_domain domain = vjp_domain_of(c->spec, slot);
    if (domain == VJP_DOMAIN_REAL)
        return VJP_OK;
    if (domain == VJP_DOMAIN_ONEHOT)
        return check_rows(c, slot, values, error);
    for (int64_t i = 0; i < values->count; i++) {
        if (!vjp_domain_has(c, slot, value_at(values, i)))
            return fail_element(c, slot, values, i, error);
    }
    return VJP_OK;
}
