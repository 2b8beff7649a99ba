/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every layer's spec keeps to, whichever it is: a table-driven test of cases/spec/layers. */
#include "cases/spec/spec.h"

#include "cases/gen/generate.h"
#include "cases/gen/suite.h"
#include "cases/spec/domain.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Generated cases per layer. */
#define COUNT 300

static bool is_said(const char *text)
{
    return text && text[0] != '\0';
}

static void expect_attr(const struct vjp_spec *spec, const struct vjp_attr_spec *attr)
{
    int64_t choices = 0;
    cr_expect(is_said(attr->name) && is_said(attr->help), "%s %s", spec->name, attr->name);
    switch (attr->kind) {
    case VJP_ATTR_INTEGER:
        cr_expect(attr->min <= attr->fallback && attr->fallback <= attr->max, "%s %s", spec->name,
                  attr->name);
        break;
    case VJP_ATTR_CHOICE:
        cr_assert_not_null(attr->choices, "%s %s", spec->name, attr->name);
        for (; attr->choices[choices]; choices++)
            cr_expect(is_said(attr->choices[choices]));
        cr_expect(attr->fallback >= 0 && attr->fallback < choices, "%s %s", spec->name, attr->name);
        break;
    case VJP_ATTR_REAL:
        cr_expect(isfinite(attr->real_min) && isfinite(attr->real_max) &&
                      attr->real_min <= attr->real_fallback &&
                      attr->real_fallback <= attr->real_max,
                  "%s %s", spec->name, attr->name);
    }
}

static void expect_input(const struct vjp_spec *spec, int i)
{
    const struct vjp_input_spec *input = &spec->input[i];
    const bool is_integer = input->domain == VJP_DOMAIN_INDEX || input->domain == VJP_DOMAIN_MASK;
    cr_expect(is_said(input->name) && is_said(input->help), "%s %s", spec->name, input->name);
    cr_expect_not(is_integer && input->differentiable, "%s %s", spec->name, input->name);
    /* What a stage of a pipeline may be given: the oracle looks at no other domain there. */
    cr_expect(i > 0 || !input->differentiable || input->domain == VJP_DOMAIN_REAL ||
                  input->domain == VJP_DOMAIN_POSITIVE,
              "%s %s", spec->name, input->name);
    cr_expect(input->domain != VJP_DOMAIN_INDEX || spec->index_bound, "%s %s", spec->name,
              input->name);
    cr_expect(!input->partner || vjp_slot_partner(spec, i) >= 0, "%s %s: partner %s", spec->name,
              input->name, input->partner);
    const int other = input->cofactor ? vjp_slot_find(spec, input->cofactor) : i;
    cr_assert(other >= 0 && other < spec->n_inputs, "%s %s", spec->name, input->name);
    const char *back = input->cofactor ? spec->input[other].cofactor : input->name;
    cr_expect(other != i || !input->cofactor, "%s %s", spec->name, input->name);
    cr_expect(back && strcmp(back, input->name) == 0, "%s %s: cofactor %s", spec->name, input->name,
              input->cofactor);
    cr_expect(!input->centred || input->domain == VJP_DOMAIN_REAL, "%s %s", spec->name,
              input->name);
}

Test(layers, everything_has_a_name_a_help_and_a_fallback_in_its_limits)
{
    for (const struct vjp_spec *const *s = vjp_specs; *s; s++) {
        const struct vjp_spec *spec = *s;
        cr_expect(is_said(spec->name) && is_said(spec->formula), "%s", spec->name);
        for (const char *p = spec->name; *p; p++)
            cr_expect(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_');
        cr_expect(strstr(spec->formula, spec->output) != NULL, "%s: %s", spec->name, spec->formula);
        cr_assert(spec->n_dims <= VJP_MAX_DIMS && spec->n_attrs <= VJP_MAX_ATTRS &&
                  spec->n_inputs >= 1 && spec->n_inputs <= VJP_MAX_INPUTS &&
                  spec->n_saved <= VJP_MAX_SAVED);
        cr_expect(spec->shape && spec->reduction, "%s", spec->name);
        for (int i = 0; i < spec->n_dims; i++)
            cr_expect(is_said(spec->dim[i]), "%s", spec->name);
        for (int i = 0; i < spec->n_attrs; i++)
            expect_attr(spec, &spec->attr[i]);
        bool is_differentiable = false;
        for (int i = 0; i < spec->n_inputs; i++) {
            expect_input(spec, i);
            is_differentiable |= spec->input[i].differentiable;
        }
        cr_expect(is_differentiable, "%s: nothing to check", spec->name);
        cr_expect(!spec->output_partner || vjp_slot_partner(spec, vjp_slot_cotangent(spec)) >= 0,
                  "%s", spec->name);
        for (int k = 0; k < spec->n_saved; k++) {
            const int other = vjp_slot_find(spec, spec->saved[k].name);
            cr_expect(is_said(spec->saved[k].name) && is_said(spec->saved[k].help), "%s",
                      spec->name);
            cr_expect(other < 0 || other >= spec->n_inputs,
                      "%s: %s is an input: nobody is given what is saved", spec->name,
                      spec->saved[k].name);
        }
    }
}

/* Shape i of the spec (input, output, saved value): its dimensions are there and its axes named. */
static void expect_shape(const struct vjp_case *c, int i)
{
    const struct vjp_spec *spec = c->spec;
    struct vjp_shape shape = {.rank = -1};
    int axis_dim[VJP_RANK_MAX];
    spec->shape(c, i, &shape, axis_dim);
    cr_assert(shape.rank >= 0 && shape.rank <= VJP_RANK_MAX, "%s: shape %d", spec->name, i);
    for (int d = 0; d < shape.rank; d++) {
        cr_expect_geq(shape.dim[d], 0, "%s: shape %d", spec->name, i);
        cr_assert(axis_dim[d] >= -1 && axis_dim[d] < spec->n_dims, "%s: shape %d", spec->name, i);
        cr_expect(axis_dim[d] < 0 || shape.dim[d] == c->dim[axis_dim[d]],
                  "%s: axis %d of shape %d has not the size of %s", spec->name, d, i,
                  spec->dim[axis_dim[d]]);
    }
}

static void expect_sound(const struct vjp_case *c, const char *where)
{
    const struct vjp_spec *spec = c->spec;
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    for (int i = 0; i < spec->n_inputs; i++) {
        if (vjp_case_has_slot(c, i))
            expect_shape(c, i);
        const bool has_bound =
            vjp_case_has_slot(c, i) && vjp_domain_of(spec, i) == VJP_DOMAIN_INDEX;
        cr_expect(!has_bound || spec->index_bound(c, i) >= 0, "%s", where);
    }
    for (int i = spec->n_inputs; i <= spec->n_inputs + spec->n_saved; i++)
        expect_shape(c, i);
    cr_expect_geq(spec->reduction(c), 0, "%s", where);
    cr_expect(vjp_case_work(c) >= 0 && isfinite(vjp_case_work(c)), "%s", where);
    for (int i = 0; i < spec->n_dims; i++)
        cr_expect(vjp_case_has_dim(c, i) || c->dim[i] == 1, "%s: %s", where, spec->dim[i]);
    /* A value outside the domain that a generator drew is a fault of the spec. */
    cr_expect_eq(vjp_data_generate(c, &data, &error), VJP_OK, "%s: %s", where, error.text);
    cr_expect_eq(vjp_data_check(c, &data, &error), VJP_OK, "%s: %s", where, error.text);
    vjp_data_clear(&data);
}

Test(layers, generated_cases_have_sound_shapes_and_values_in_their_domains)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        for (int64_t i = 0; i < COUNT; i++) {
            struct vjp_case c = {0};
            struct vjp_error error = {""};
            char where[96];
            snprintf(where, sizeof where, "%s, case %d", (*spec)->name, (int)i);
            cr_assert_eq(vjp_suite_case(*spec, VJP_F32, 0, i, &c, &error), VJP_OK, "%s: %s", where,
                         error.text);
            expect_sound(&c, where);
            vjp_case_clear(&c);
        }
    }
}

/* A spec that left a size without a limit would fail elsewhere, far from its cause. */
Test(layers, a_size_of_0_is_a_case_or_a_clear_error)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        for (int d = 0; d < (*spec)->n_dims; d++) {
            struct vjp_case c = {0};
            struct vjp_error error = {""};
            char field[VJP_FIELD_NAME_MAX] = "";
            cr_assert_eq(vjp_case_init(&c, *spec, VJP_F64, NULL), VJP_OK);
            for (int other = 0; other < (*spec)->n_dims; other++)
                c.dim[other] = vjp_case_has_dim(&c, other) ? 2 : 1;
            c.dim[d] = vjp_case_has_dim(&c, d) ? 0 : 1;
            const enum vjp_status status = vjp_case_validate_field(&c, field, &error);
            if (status == VJP_OK)
                expect_sound(&c, (*spec)->name);
            else
                cr_expect(status == VJP_ERR_USAGE && strstr(error.text, "expected") && field[0],
                          "%s: %s", (*spec)->name, error.text);
            vjp_case_clear(&c);
        }
    }
}
