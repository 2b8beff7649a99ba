/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "cases/line/parse.h"

#include <stdio.h>

/* So far from its fallback an integer attribute is varied. */
#define ATTR_REACH 8

static void explain_accumulate(struct vjp_explaining *e)
{
    struct vjp_choosing choices = {.is.field = "accumulate"};
    for (int on = 0; on <= 1; on++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_ACCUMULATE, .value = on};
        vjp_explain_choose(e, &vary, on ? "accumulate=1" : "accumulate=0", &choices);
    }
    vjp_explain_conclude(e, &choices);
}

/* Where the kernel takes such calls at all. */
static void explain_in_place(struct vjp_explaining *e)
{
    struct vjp_choosing choices = {.is.field = "inplace"};
    for (int on = 0; on <= 1; on++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_IN_PLACE, .value = on};
        vjp_explain_choose(e, &vary, on ? "inplace=1" : "inplace=0", &choices);
    }
    vjp_explain_conclude(e, &choices);
}

/* All of them, and each alone. */
static void explain_gradients(struct vjp_explaining *e)
{
    struct vjp_choosing choices = {.is.field = "grads"};
    uint32_t all = 0;
    int count = 0;
    for (int i = 0; i < e->c->spec->n_inputs; i++) {
        if (vjp_case_could_ask(e->c, i)) {
            all |= UINT32_C(1) << i;
            count++;
        }
    }
    if (count < 2)
        return;
    for (int i = -1; i < e->c->spec->n_inputs; i++) {
        char text[VJP_CHOICE_SIZE] = "all gradients asked for", name[VJP_SLOT_NAME_MAX];
        struct vjp_vary vary = {.kind = VJP_VARY_GRADS};
        if (i >= 0 && !(all >> i & 1))
            continue;
        if (i >= 0) {
            vary.value = all & ~(UINT32_C(1) << i);
            snprintf(
                text, sizeof text, "grads=%s",
                vjp_slot_name(e->c->spec, vjp_slot_gradient(e->c->spec, i), name, sizeof name));
        }
        vjp_explain_choose(e, &vary, text, &choices);
    }
    vjp_explain_conclude(e, &choices);
}

static void explain_threads(struct vjp_explaining *e)
{
    static const int numbers[] = {1, 2, 3, 4, 8};
    struct vjp_points points = {0};
    for (int i = -1; i < (int)(sizeof numbers / sizeof *numbers); i++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_THREADS,
                                      .value = i < 0 ? e->c->threads : numbers[i]};
        vjp_explain_observe(e, &vary, &points);
    }
    vjp_remark_add_values(e->out, "threads", &points);
}

static void explain_dtype(struct vjp_explaining *e)
{
    struct vjp_choosing choices = {.is.field = "dtype"};
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        char text[VJP_CHOICE_SIZE];
        const struct vjp_vary vary = {.kind = VJP_VARY_DTYPE, .value = dtype};
        snprintf(text, sizeof text, "dtype=%s", vjp_format((enum vjp_dtype)dtype)->name);
        vjp_explain_choose(e, &vary, text, &choices);
    }
    vjp_explain_conclude(e, &choices);
}

static void explain_integer(struct vjp_explaining *e, int a)
{
    const struct vjp_attr_spec *attr = &e->c->spec->attr[a];
    struct vjp_points points = {0};
    const struct vjp_vary own = {.kind = VJP_VARY_ATTR, .index = a, .value = e->c->attr[a]};
    vjp_explain_observe(e, &own, &points);
    for (int64_t value = attr->fallback - ATTR_REACH; value <= attr->fallback + ATTR_REACH;
         value++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_ATTR, .index = a, .value = value};
        if (value >= attr->min && value <= attr->max)
            vjp_explain_observe(e, &vary, &points);
    }
    vjp_remark_add_values(e->out, attr->name, &points);
}

/* Under the name that a line has for it. */
static void choose_attr(struct vjp_explaining *e, const struct vjp_vary *vary,
                        struct vjp_choosing *choices)
{
    struct vjp_case shown = *e->c; /* shares the texts, which are not looked at */
    struct vjp_text text = {0};
    shown.attr[vary->index] = vary->value;
    shown.real[vary->index] = vary->real;
    vjp_case_print_attr(&shown, vary->index, &text);
    if (!text.failed)
        vjp_explain_choose(e, vary, text.data, choices);
    vjp_text_clear(&text);
}

/* What it is, and numbers about its fallback: a kernel that does not look at it has the fallback built in. */
static void explain_real(struct vjp_explaining *e, int a)
{
    const struct vjp_attr_spec *attr = &e->c->spec->attr[a];
    const double own = e->c->real[a], fallback = attr->real_fallback;
    const double values[] = {own, fallback, 0, fallback / 2, 2 * fallback, 0.5, 1};
    struct vjp_choosing choices = {.is.field = attr->name};
    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_REAL, .index = a, .real = values[i]};
        bool is_new = true;
        for (int k = 0; k < i; k++)
            is_new &= values[k] != values[i];
        if (is_new)
            choose_attr(e, &vary, &choices);
    }
    vjp_explain_conclude(e, &choices);
}

static void explain_choice(struct vjp_explaining *e, int a, int64_t last)
{
    struct vjp_choosing choices = {.is.field = e->c->spec->attr[a].name};
    for (int64_t value = 0; value <= last; value++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_ATTR, .index = a, .value = value};
        choose_attr(e, &vary, &choices);
    }
    vjp_explain_conclude(e, &choices);
}

static void explain_attr(struct vjp_explaining *e, int a)
{
    const struct vjp_attr_spec *attr = &e->c->spec->attr[a];
    int64_t last = 0;
    if (attr->kind == VJP_ATTR_REAL) {
        explain_real(e, a);
    } else if (attr->kind == VJP_ATTR_CHOICE) {
        while (attr->choices[last + 1])
            last++;
        explain_choice(e, a, last);
    } else if (attr->min == 0 && attr->max == 1) {
        explain_choice(e, a, 1);
    } else {
        explain_integer(e, a);
    }
}

void vjp_explain_fields(struct vjp_explaining *e)
{
    explain_accumulate(e);
    explain_in_place(e);
    explain_gradients(e);
    explain_threads(e);
    for (int a = 0; a < e->c->spec->n_attrs; a++)
        explain_attr(e, a);
    explain_dtype(e);
}
