/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_LINE_RANDOM_CASE_H
#define VJP_TESTS_CASES_LINE_RANDOM_CASE_H

/* Random valid cases, for properties of lines. Needs no generator of cases/gen. */

#include "cases/base/stream.h"
#include "cases/spec/case.h"
#include "cases/spec/linear.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct source {
    uint64_t state;
};

static inline uint64_t draw(struct source *source, uint64_t n)
{
    return vjp_mix64(source->state += UINT64_C(0x9e3779b97f4a7c15)) % n;
}

static inline void add_list(struct source *source, int64_t count, char *text, size_t size)
{
    static const char *const numbers[] = {"0",    "-0",     "1",    "17",        "-3",  "2.5",
                                          "1e-3", "0x1p-3", "-inf", "-0x1.8p+2", "nan", ".5"};
    size_t used = (size_t)snprintf(text, size, "[");
    for (int64_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
                                 numbers[draw(source, 12)]);
    snprintf(text + used, size - used, "]");
}

static inline void random_values(struct source *source, struct vjp_case *c, int slot)
{
    static const char *const texts[] = {
        "normal",     "normal:0.5", "uniform",   "uniform:0x1p-3", "exact",      "integers",
        "integers:3", "pow2:2",     "pow2",      "onehot",         "wide",       "wide:7",
        "subnormal",  "zeros",      "zeros:1",   "special:0.25",   "const:-1e2", "@a/b,c=d.npy",
        "cancel",     "cancel:1e6", "const:inf", "@#.npy"};
    char list[512];
    struct vjp_shape shape;
    int64_t count;
    const char *text = texts[draw(source, 22)];
    vjp_case_slot_shape(c, slot, &shape);
    cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
    if (strncmp(text, "cancel", 6) == 0 && vjp_slot_partner(c->spec, slot) < 0)
        text = "normal";
    if (count <= 12 && draw(source, 3) == 0) {
        add_list(source, count, list, sizeof list);
        text = list;
    } else if (count > 0 && draw(source, 16) == 0) {
        snprintf(list, sizeof list, "onehot:%d", (int)draw(source, (uint64_t)count));
        text = list;
    }
    cr_assert_eq(vjp_case_set_values(c, slot, text, NULL), VJP_OK, "%s", text);
}

static inline void random_layout(struct source *source, struct vjp_case *c, int slot)
{
    struct vjp_layout *layout = &c->slot[slot].layout;
    const int bytes = vjp_format(c->dtype)->bytes;
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);
    if (shape.rank >= 2 && draw(source, 4) == 0)
        layout->ld_pad = (int64_t)draw(source, 300);
    if (draw(source, 4) == 0)
        layout->align = (int64_t)draw(source, (uint64_t)(64 / bytes)) * bytes;
    layout->trans = shape.rank == 2 && draw(source, 8) == 0;
}

static inline struct vjp_case random_case(struct source *source)
{
    struct vjp_case c = {0};
    const enum vjp_dtype dtype = (enum vjp_dtype)draw(source, VJP_DTYPE_COUNT);
    cr_assert_eq(vjp_case_init(&c, &vjp_spec_linear, dtype, NULL), VJP_OK);
    const uint64_t largest = draw(source, 8) == 0 ? 5000 : 5;
    for (int d = 0; d < 3; d++)
        c.dim[d] = (int64_t)draw(source, largest);
    c.attr[0] = (int64_t)draw(source, 2);
    c.accumulate = draw(source, 2) == 1;
    c.threads = draw(source, 2) == 1 ? 1 + (int)draw(source, VJP_THREADS_MAX) : 1;
    c.seed = draw(source, 4) == 0 ? 0 : vjp_mix64(source->state) >> draw(source, 64);
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
        if (vjp_case_has_values(&c, slot))
            random_values(source, &c, slot);
        if (vjp_case_has_slot(&c, slot))
            random_layout(source, &c, slot);
    }
    return c;
}

#endif
