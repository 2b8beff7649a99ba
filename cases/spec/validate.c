/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "cases/spec/domain.h"
#include "cases/spec/literal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALIGN_MAX  63 /* one less than the boundary that align counts from */
#define LD_PAD_MAX (INT64_C(1) << 31)

static enum vjp_status check_range(const char *field, int64_t value, int64_t min, int64_t max,
                                   struct vjp_error *error)
{
    if (value >= min && value <= max)
        return VJP_OK;
    return vjp_fail(error, value > max ? VJP_ERR_LIMIT : VJP_ERR_USAGE,
                    "%s=%" PRId64 ": expected %" PRId64 " to %" PRId64, field, value, min, max);
}

static enum vjp_status check_attr(const struct vjp_case *c, int i, struct vjp_error *error)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[i];
    int64_t n = 0;
    switch (attr->kind) {
    case VJP_ATTR_INTEGER:
        return check_range(attr->name, c->attr[i], attr->min, attr->max, error);
    case VJP_ATTR_CHOICE:
        while (attr->choices[n])
            n++;
        return check_range(attr->name, c->attr[i], 0, n - 1, error);
    case VJP_ATTR_REAL:
        break;
    }
    const double value = c->real[i];
    if (value >= attr->real_min && value <= attr->real_max) /* not a NaN */
        return VJP_OK;
    return vjp_fail(error, value > attr->real_max ? VJP_ERR_LIMIT : VJP_ERR_USAGE,
                    "%s=%.10g: expected %.10g to %s%.10g", attr->name, value, attr->real_min,
                    attr->below_max ? "below " : "", attr->real_max);
}

static enum vjp_status check_dim(const struct vjp_case *c, int i, struct vjp_error *error)
{
    const char *name = c->spec->dim[i];
    if (!vjp_case_has_dim(c, i) && c->dim[i] != 1)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=%" PRId64 ": %s takes no part in this case", name,
                        c->dim[i], name);
    return check_range(name, c->dim[i], 0, VJP_DIM_MAX, error);
}

static enum vjp_status check_asked(const struct vjp_case *c, struct vjp_error *error)
{
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (vjp_case_has_gradient(c, i))
            return VJP_OK;
    }
    return vjp_fail(error, VJP_ERR_USAGE, "grads: expected at least one gradient");
}

/* dx takes the place of dy: it must be there, be like it, and not be added to. */
static enum vjp_status check_in_place(const struct vjp_case *c, struct vjp_error *error)
{
    const int dy = vjp_slot_cotangent(c->spec);
    const struct vjp_layout *layout = &c->slot[dy].layout;
    struct vjp_shape of_dy, of_dx;
    vjp_case_slot_shape(c, dy, &of_dy);
    vjp_case_slot_shape(c, 0, &of_dx);
    if (c->accumulate)
        return vjp_fail(error, VJP_ERR_USAGE, "inplace=1: expected accumulate=0");
    if (!vjp_case_has_gradient(c, 0) || !vjp_shape_is_equal(&of_dy, &of_dx))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "inplace=1: expected the gradient of %s, with the shape of dy",
                        c->spec->input[0].name);
    if (layout->ld_pad != 0 || layout->align != -1 || layout->trans || layout->expand != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "inplace=1: expected no layout of dy, which lies as the gradient does");
    return VJP_OK;
}

/* Attributes first: whether a dimension takes part may depend on them. Then the spec's own check,
 * which may rely on all of it. */
static enum vjp_status check_sizes(const struct vjp_case *c, char field[VJP_FIELD_NAME_MAX],
                                   struct vjp_error *error)
{
    const struct vjp_spec *spec = c->spec;
    const char *checked = "threads";
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < spec->n_attrs && status == VJP_OK; i++) {
        checked = spec->attr[i].name;
        status = check_attr(c, i, error);
    }
    for (int i = 0; i < spec->n_dims && status == VJP_OK; i++) {
        checked = spec->dim[i];
        status = check_dim(c, i, error);
    }
    if (status == VJP_OK) {
        checked = "threads";
        status = check_range(checked, c->threads, 1, VJP_THREADS_MAX, error);
    }
    if (status == VJP_OK && spec->check)
        status = spec->check(c, &checked, error);
    if (status == VJP_OK && c->left_out != 0) {
        checked = "grads";
        status = check_asked(c, error);
    }
    if (status == VJP_OK && c->in_place) {
        checked = "inplace";
        status = check_in_place(c, error);
    }
    snprintf(field, VJP_FIELD_NAME_MAX, "%s", checked);
    return status;
}

static enum vjp_status check_absent(const struct vjp_case *c, int slot, const char *name,
                                    char field[VJP_FIELD_NAME_MAX], struct vjp_error *error)
{
    const struct vjp_layout *layout = &c->slot[slot].layout;
    snprintf(field, VJP_FIELD_NAME_MAX, "%s%s", name,
             layout->ld_pad != 0   ? ".ld"
             : layout->align != -1 ? ".align"
             : layout->trans       ? ".trans"
                                   : ".expand");
    if (layout->ld_pad != 0 || layout->align != -1 || layout->trans || layout->expand != 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: %s takes no part in this case", field, name);
    return VJP_OK;
}

/* Elements of an output that lie in one place cannot be told apart; labels and indices have a form of their own. */
static enum vjp_status check_expand(const struct vjp_case *c, int slot, const char *field,
                                    const struct vjp_shape *shape, struct vjp_error *error)
{
    const uint32_t expand = c->slot[slot].layout.expand;
    if (expand == 0)
        return VJP_OK;
    if (vjp_slot_is_gradient(c->spec, slot))
        return vjp_fail(error, VJP_ERR_USAGE, "%s: expected an operand that is read, not an output",
                        field);
    if (slot < c->spec->n_inputs && c->spec->input[slot].domain != VJP_DOMAIN_REAL &&
        c->spec->input[slot].domain != VJP_DOMAIN_POSITIVE)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: expected an operand of numbers", field);
    if (shape->rank < VJP_RANK_MAX && expand >> shape->rank != 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: expected dimensions below the rank, %d", field,
                        shape->rank);
    return VJP_OK;
}

static enum vjp_status check_layout(const struct vjp_case *c, int slot, const char *name,
                                    char field[VJP_FIELD_NAME_MAX], struct vjp_error *error)
{
    const struct vjp_layout *layout = &c->slot[slot].layout;
    const struct vjp_format *format = vjp_format(vjp_case_slot_dtype(c, slot));
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);

    snprintf(field, VJP_FIELD_NAME_MAX, "%s.ld", name);
    if (layout->ld_pad != 0 && shape.rank < 2)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=+%" PRId64 ": expected rank 2 or more, %s has %d",
                        field, layout->ld_pad, name, shape.rank);
    enum vjp_status status = check_range(field, layout->ld_pad, 0, LD_PAD_MAX, error);
    if (status != VJP_OK)
        return status;

    snprintf(field, VJP_FIELD_NAME_MAX, "%s.align", name);
    if (layout->align != -1 &&
        (layout->align < 0 || layout->align > ALIGN_MAX || layout->align % format->bytes != 0))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%" PRId64 ": expected 0 to %d, a multiple of the %d bytes of %s", field,
                        layout->align, ALIGN_MAX, format->bytes, format->name);

    snprintf(field, VJP_FIELD_NAME_MAX, "%s.trans", name);
    if (layout->trans && shape.rank != 2)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=1: expected rank 2, %s has %d", field, name,
                        shape.rank);

    snprintf(field, VJP_FIELD_NAME_MAX, "%s.expand", name);
    status = check_expand(c, slot, field, &shape, error);
    if (status != VJP_OK)
        return status;

    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    snprintf(field, VJP_FIELD_NAME_MAX, "%s%s", name, layout->ld_pad != 0 ? ".ld" : "");
    return vjp_case_slot_strides(c, slot, strides, &extent, error);
}

/* The parameters with which the generator's values are what it promises in the dtype: finite, normal
 * where exponents are asked for, and whole where integers are. */
struct range {
    double min, max;
};

static struct range parameter_range(enum vjp_generator generator, const struct vjp_format *format)
{
    const struct vjp_generator_info *info = vjp_generator_info(generator);
    struct range range = {info->min, info->max};
    switch (generator) {
    case VJP_GEN_UNIFORM:
    case VJP_GEN_SHIFTED: /* the deviation is far below the last half of the largest binade */
        range.max = ldexp(1, format->emax);
        break;
    case VJP_GEN_NORMAL:
    case VJP_GEN_LARGE:
        range.max = ldexp(1, format->emax - 4); /* no deviate reaches 16: cases/gen/random.c */
        break;
    case VJP_GEN_INTEGERS:
    case VJP_GEN_TIES:
        range.max = ldexp(1, format->precision);
        break;
    case VJP_GEN_POW2:
    case VJP_GEN_WIDE:
        range.max = -format->emin;
        break;
    case VJP_GEN_POSITIVE:
        range = (struct range){ldexp(1, format->emin), ldexp(1, format->emax)};
        break;
    default:
        break;
    }
    return range;
}

static enum vjp_status check_const(const struct vjp_case *c, int slot, const char *name,
                                   struct vjp_error *error)
{
    const char *text = c->slot[slot].text;
    const char *colon = strchr(text, ':');
    const enum vjp_dtype dtype = vjp_case_slot_dtype(c, slot);
    const char *end;
    uint64_t bits = vjp_bits_from_double(dtype, vjp_generator_info(VJP_GEN_CONST)->fallback);
    if (colon) {
        const enum vjp_status status = vjp_literal_number(dtype, colon + 1, &end, &bits, error);
        if (status != VJP_OK) {
            vjp_error_prefix(error, "%s=%.60s: ", name, text);
            return status;
        }
    }
    char expected[128];
    if (vjp_domain_has(c, slot, vjp_bits_to_double(dtype, bits)))
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_USAGE, "%s=%.60s: expected %s", name, text,
                    vjp_domain_text(c, slot, expected, sizeof expected));
}

static enum vjp_status check_named(const struct vjp_case *c, int slot, const char *name,
                                   int64_t count, struct vjp_error *error)
{
    const struct vjp_field *values = &c->slot[slot];
    char known[256];
    if (values->generator == VJP_GEN_CANCEL && vjp_domain_of(c->spec, slot) == VJP_DOMAIN_REAL &&
        vjp_slot_partner(c->spec, slot) < 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%.60s: expected another generator: no gradient sums products with %s",
                        name, values->text, name);
    if (!vjp_domain_takes(c, slot, values->generator))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%.60s: expected %s, a list [...] or @file.npy: not every value of %s "
                        "makes sense for %s",
                        name, values->text, vjp_domain_generators(c, slot, known, sizeof known),
                        vjp_generator_info(values->generator)->name, name);
    if (values->generator == VJP_GEN_CONST)
        return check_const(c, slot, name, error);
    const struct vjp_format *format = vjp_format(c->dtype);
    const struct range range = parameter_range(values->generator, format);
    if (values->parameter > range.max)
        return vjp_fail(error, VJP_ERR_LIMIT, "%s=%.60s: expected at most %.17g for %s", name,
                        values->text, range.max, format->name);
    if (values->generator == VJP_GEN_POSITIVE && values->parameter < range.min)
        return vjp_fail(error, VJP_ERR_LIMIT, "%s=%.60s: expected at least %.17g for %s", name,
                        values->text, range.min, format->name);
    if (values->generator == VJP_GEN_ONEHOT && values->parameter >= 0 &&
        values->parameter >= (double)count)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%.60s: expected an index below %" PRId64 ", the elements of %s", name,
                        values->text, count, name);
    return VJP_OK;
}

/* The indices that the elements of a slot may be: some, and all of them in i32. */
static enum vjp_status check_indices(const struct vjp_case *c, int slot, const char *name,
                                     int64_t count, struct vjp_error *error)
{
    const int64_t bound = c->spec->index_bound(c, slot);
    const enum vjp_generator generator = c->slot[slot].generator;
    const bool is_drawn = generator < VJP_GEN_NAMED && generator != VJP_GEN_CONST;
    int64_t ignored;
    if (bound > INT64_C(1) << 31)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "%s: indices below %" PRId64 "; expected at most %" PRId64
                        ", what i32 holds",
                        name, bound, INT64_C(1) << 31);
    if (bound < 1 && count > 0 && (is_drawn || !vjp_domain_ignored(c, slot, &ignored)))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s: has %" PRId64 " elements and no index to choose from; expected one or "
                        "more",
                        name, count);
    return VJP_OK;
}

/* A list has as many elements as the slot, and all of them in its domain. */
static enum vjp_status check_list(const struct vjp_case *c, int slot, const char *name,
                                  const struct vjp_shape *shape, int64_t count,
                                  struct vjp_error *error)
{
    const enum vjp_dtype dtype = vjp_case_slot_dtype(c, slot);
    const char *text = c->slot[slot].text;
    struct vjp_tensor values = {0};
    int64_t listed;
    enum vjp_status status = vjp_literal_list(dtype, text, NULL, &listed, NULL, error);
    if (status != VJP_OK) {
        vjp_error_prefix(error, "%s: ", name);
        return status;
    }
    if (listed != count)
        return vjp_fail(error, VJP_ERR_USAGE, "%s has %" PRId64 " elements, the list has %" PRId64,
                        name, count, listed);
    if (vjp_domain_of(c->spec, slot) == VJP_DOMAIN_REAL)
        return VJP_OK;
    status = vjp_tensor_init(&values, dtype, shape, error);
    if (status == VJP_OK)
        status = vjp_literal_list(dtype, text, &values, &listed, NULL, error);
    if (status == VJP_OK)
        status = vjp_domain_check(c, slot, &values, error);
    vjp_tensor_clear(&values);
    return status;
}

static enum vjp_status check_values(const struct vjp_case *c, int slot, const char *name,
                                    struct vjp_error *error)
{
    const struct vjp_field *values = &c->slot[slot];
    struct vjp_shape shape;
    int64_t count;
    if (!values->text != !vjp_case_has_values(c, slot))
        return vjp_fail(error, VJP_ERR_USAGE,
                        values->text ? "%s: takes no values in this case" : "%s: has no values",
                        name);
    if (!values->text)
        return VJP_OK;
    vjp_case_slot_shape(c, slot, &shape);
    enum vjp_status status = vjp_shape_count(&shape, &count, error);
    if (status == VJP_OK && vjp_domain_of(c->spec, slot) == VJP_DOMAIN_INDEX)
        status = check_indices(c, slot, name, count, error);
    if (status != VJP_OK || values->generator == VJP_GEN_NPY)
        return status;
    if (values->generator == VJP_GEN_LITERAL)
        return check_list(c, slot, name, &shape, count, error);
    return check_named(c, slot, name, count, error);
}

enum vjp_status vjp_case_validate_field(const struct vjp_case *c, char field[VJP_FIELD_NAME_MAX],
                                        struct vjp_error *error)
{
    enum vjp_status status = check_sizes(c, field, error);
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        char name[VJP_SLOT_NAME_MAX];
        vjp_slot_name(c->spec, slot, name, sizeof name);
        if (vjp_case_has_slot(c, slot))
            status = check_layout(c, slot, name, field, error);
        else
            status = check_absent(c, slot, name, field, error);
        if (status == VJP_OK) {
            snprintf(field, VJP_FIELD_NAME_MAX, "%s", name);
            status = check_values(c, slot, name, error);
        }
    }
    return status;
}

enum vjp_status vjp_case_validate(const struct vjp_case *c, struct vjp_error *error)
{
    char field[VJP_FIELD_NAME_MAX];
    return vjp_case_validate_field(c, field, error);
}
