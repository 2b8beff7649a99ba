/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_LINE_RANDOM_CASE_H
#define VJP_TESTS_CASES_LINE_RANDOM_CASE_H

/* Random valid cases, for properties of lines. Needs no generator of cases/gen. */

#include "cases/base/stream.h"
#include "cases/spec/case.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct source {
    uint64_t state;
};

static inline uint64_t draw(struct source *source, uint64_t n)
{
    return vjp_mix64(source->state += UINT64_C(0x9e3779b97f4a7c15)) % n;
}

/* Every layer, and pipelines: with ranks that are handed on, rows made of images, attributes of all
 * kinds, operands that are absent, and integer operands. */
static inline const struct vjp_spec *spec_of(uint64_t i)
{
    static const char *const pipelines[] = {
        "linear | relu | linear | softmax | cross_entropy",
        "relu | square | linear",
        "conv2d | relu | maxpool2d | linear | softmax_cross_entropy",
        "embedding | layernorm | gelu | linear",
        "leaky_relu | tanh",
    };
    uint64_t n = 0;
    while (vjp_specs[n])
        n++;
    i %= n + sizeof pipelines / sizeof *pipelines;
    const struct vjp_spec *spec = i < n ? vjp_specs[i] : vjp_spec_find(pipelines[i - n]);
    cr_assert_not_null(spec, "%d", (int)i);
    return spec;
}

/* A list for a slot of any domain: one-hot along the last axis, zeros for indices and masks. */
static inline void add_list(struct source *source, const struct vjp_case *c, int slot,
                            const struct vjp_shape *shape, int64_t count, char *text, size_t size)
{
    static const char *const numbers[] = {"0",    "-0",     "1",    "17",        "-3",  "2.5",
                                          "1e-3", "0x1p-3", "-inf", "-0x1.8p+2", "nan", ".5"};
    static const char *const positive[] = {"1", "2.5", "0x1p-3", "0.125", "3e1"};
    const enum vjp_domain domain =
        slot < c->spec->n_inputs ? c->spec->input[slot].domain : VJP_DOMAIN_REAL;
    const int64_t last = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    size_t used = (size_t)snprintf(text, size, "[");
    for (int64_t i = 0; i < count; i++) {
        const char *number = "0";
        if (domain == VJP_DOMAIN_REAL)
            number = numbers[draw(source, 12)];
        else if (domain == VJP_DOMAIN_POSITIVE)
            number = positive[draw(source, 5)];
        else if (domain == VJP_DOMAIN_ONEHOT)
            number = i % last == i / last % last ? "1" : "0";
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "", number);
    }
    snprintf(text + used, size - used, "]");
}

static inline const char *random_text(struct source *source, const struct vjp_case *c, int slot)
{
    static const char *const real[] = {
        "normal",      "normal:0.5", "uniform",   "uniform:0x1p-3", "exact",      "integers",
        "integers:3",  "pow2:2",     "pow2",      "onehot",         "wide",       "wide:7",
        "subnormal",   "zeros",      "zeros:1",   "special:0.25",   "const:-1e2", "@a/b,c=d.npy",
        "cancel",      "cancel:1e6", "const:inf", "@#.npy",         "large:1000", "ties:3",
        "shifted:1e4", "positive",   "simplex"};
    static const char *const positive[] = {"positive", "positive:0.5", "simplex", "const:2",
                                           "@p.npy"};
    static const char *const index[] = {"index", "repeats", "repeats", "@i.npy"};
    static const char *const mask[] = {"mask", "mask:0.25", "const:1", "const:0", "@m.npy"};
    const enum vjp_domain domain =
        slot < c->spec->n_inputs ? c->spec->input[slot].domain : VJP_DOMAIN_REAL;
    switch (domain) {
    case VJP_DOMAIN_POSITIVE:
        return positive[draw(source, 5)];
    case VJP_DOMAIN_ONEHOT:
        return draw(source, 4) ? "labels" : "@t.npy";
    case VJP_DOMAIN_INDEX:
        return index[draw(source, 4)];
    case VJP_DOMAIN_MASK:
        return mask[draw(source, 5)];
    default:
        return real[draw(source, sizeof real / sizeof *real)];
    }
}

static inline void random_values(struct source *source, struct vjp_case *c, int slot)
{
    char list[512];
    struct vjp_shape shape;
    int64_t count;
    const char *text = random_text(source, c, slot);
    vjp_case_slot_shape(c, slot, &shape);
    cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
    if (strncmp(text, "cancel", 6) == 0 && vjp_slot_partner(c->spec, slot) < 0)
        text = "normal";
    if (count <= 12 && draw(source, 3) == 0) {
        add_list(source, c, slot, &shape, count, list, sizeof list);
        text = list;
    } else if (count > 0 && strcmp(text, "onehot") == 0 && draw(source, 2) == 0) {
        snprintf(list, sizeof list, "onehot:%" PRIu64, draw(source, (uint64_t)count));
        text = list;
    }
    cr_assert_eq(vjp_case_set_values(c, slot, text, NULL), VJP_OK, "%s", text);
}

static inline void random_layout(struct source *source, struct vjp_case *c, int slot)
{
    struct vjp_layout *layout = &c->slot[slot].layout;
    const int bytes = vjp_format(vjp_case_slot_dtype(c, slot))->bytes;
    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);
    if (shape.rank >= 2 && draw(source, 4) == 0)
        layout->ld_pad = (int64_t)draw(source, 300);
    if (vjp_case_slot_strides(c, slot, strides, &extent, NULL) != VJP_OK)
        layout->ld_pad = 0;
    if (draw(source, 4) == 0)
        layout->align = (int64_t)draw(source, (uint64_t)(64 / bytes)) * bytes;
    layout->trans = shape.rank == 2 && draw(source, 8) == 0;
}

static inline void random_attrs(struct source *source, struct vjp_case *c)
{
    for (int i = 0; i < c->spec->n_attrs; i++) {
        const struct vjp_attr_spec *attr = &c->spec->attr[i];
        uint64_t n = 0;
        if (draw(source, 2) == 0)
            continue;
        switch (attr->kind) {
        case VJP_ATTR_INTEGER:
            n = (uint64_t)(attr->max - attr->min) + 1;
            c->attr[i] = attr->min + (int64_t)draw(source, n < 4 ? n : 4);
            break;
        case VJP_ATTR_CHOICE:
            while (attr->choices[n])
                n++;
            c->attr[i] = (int64_t)draw(source, n);
            break;
        case VJP_ATTR_REAL:
            c->real[i] = attr->real_min + ldexp((double)draw(source, UINT64_C(1) << 53), -53);
            c->real[i] = fmin(c->real[i], attr->real_max);
        }
    }
}

/* Sizes and attributes that go together, found by trying. */
static inline struct vjp_case random_sizes(struct source *source, const struct vjp_spec *spec)
{
    const enum vjp_dtype dtype = (enum vjp_dtype)draw(source, VJP_DTYPE_COUNT);
    struct vjp_case c = {0};
    bool found = false;
    for (int tries = 0; tries < 10000 && !found; tries++) {
        vjp_case_clear(&c);
        cr_assert_eq(vjp_case_init(&c, spec, dtype, NULL), VJP_OK);
        const uint64_t largest = draw(source, 8) == 0 ? 5000 : 5;
        for (int d = 0; d < spec->n_dims; d++)
            c.dim[d] = (int64_t)draw(source, largest);
        random_attrs(source, &c);
        c.accumulate = draw(source, 2) == 1;
        cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
        found = vjp_case_validate(&c, NULL) == VJP_OK;
    }
    cr_assert(found, "%s: no case found", spec->name);
    return c;
}

static inline struct vjp_case random_case(struct source *source, const struct vjp_spec *spec)
{
    struct vjp_case c = random_sizes(source, spec);
    c.threads = draw(source, 2) == 1 ? 1 + (int)draw(source, VJP_THREADS_MAX) : 1;
    c.seed = draw(source, 4) == 0 ? 0 : vjp_mix64(source->state) >> draw(source, 64);
    for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
        if (vjp_case_has_values(&c, slot))
            random_values(source, &c, slot);
        if (vjp_case_has_slot(&c, slot))
            random_layout(source, &c, slot);
    }
    return c;
}

#endif
