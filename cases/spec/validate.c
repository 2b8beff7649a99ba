/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

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

static enum vjp_status check_sizes(const struct vjp_case *c, char field[VJP_FIELD_NAME_MAX],
                                   struct vjp_error *error)
{
    const struct vjp_spec *spec = c->spec;
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < spec->n_dims && status == VJP_OK; i++) {
        snprintf(field, VJP_FIELD_NAME_MAX, "%s", spec->dim[i]);
        status = check_range(field, c->dim[i], 0, VJP_DIM_MAX, error);
    }
    for (int i = 0; i < spec->n_attrs && status == VJP_OK; i++) {
        snprintf(field, VJP_FIELD_NAME_MAX, "%s", spec->attr[i].name);
        status = check_range(field, c->attr[i], spec->attr[i].min, spec->attr[i].max, error);
    }
    if (status == VJP_OK) {
        snprintf(field, VJP_FIELD_NAME_MAX, "threads");
        status = check_range(field, c->threads, 1, VJP_THREADS_MAX, error);
    }
    return status;
}

static enum vjp_status check_absent(const struct vjp_case *c, int slot, const char *name,
                                    char field[VJP_FIELD_NAME_MAX], struct vjp_error *error)
{
    const struct vjp_layout *layout = &c->slot[slot].layout;
    snprintf(field, VJP_FIELD_NAME_MAX, "%s%s", name,
             layout->ld_pad != 0   ? ".ld"
             : layout->align != -1 ? ".align"
                                   : ".trans");
    if (layout->ld_pad != 0 || layout->align != -1 || layout->trans)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: %s takes no part in this case", field, name);
    return VJP_OK;
}

static enum vjp_status check_layout(const struct vjp_case *c, int slot, const char *name,
                                    char field[VJP_FIELD_NAME_MAX], struct vjp_error *error)
{
    const struct vjp_layout *layout = &c->slot[slot].layout;
    const int bytes = vjp_format(c->dtype)->bytes;
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
        (layout->align < 0 || layout->align > ALIGN_MAX || layout->align % bytes != 0))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%" PRId64 ": expected 0 to %d, a multiple of the %d bytes of %s", field,
                        layout->align, ALIGN_MAX, bytes, vjp_format(c->dtype)->name);

    snprintf(field, VJP_FIELD_NAME_MAX, "%s.trans", name);
    if (layout->trans && shape.rank != 2)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=1: expected rank 2, %s has %d", field, name,
                        shape.rank);

    int64_t strides[VJP_RANK_MAX];
    int64_t extent;
    snprintf(field, VJP_FIELD_NAME_MAX, "%s%s", name, layout->ld_pad != 0 ? ".ld" : "");
    return vjp_case_slot_strides(c, slot, strides, &extent, error);
}

/* The largest parameter with which the generator's values are what it promises in the dtype:
 * finite, normal where exponents are asked for, and whole where integers are. */
static double parameter_max(enum vjp_generator generator, const struct vjp_format *format)
{
    switch (generator) {
    case VJP_GEN_UNIFORM:
        return ldexp(1, format->emax);
    case VJP_GEN_NORMAL:
        return ldexp(1, format->emax - 4); /* no deviate reaches 16: cases/gen/random.c */
    case VJP_GEN_INTEGERS:
        return ldexp(1, format->precision);
    case VJP_GEN_POW2:
    case VJP_GEN_WIDE:
        return -format->emin;
    default:
        return vjp_generator_info(generator)->max;
    }
}

static enum vjp_status check_named(const struct vjp_case *c, int slot, const char *name,
                                   int64_t count, struct vjp_error *error)
{
    const struct vjp_field *values = &c->slot[slot];
    const struct vjp_format *format = vjp_format(c->dtype);
    const double max = parameter_max(values->generator, format);
    if (values->parameter > max)
        return vjp_fail(error, VJP_ERR_LIMIT, "%s=%.60s: expected at most %.17g for %s", name,
                        values->text, max, format->name);
    if (values->generator == VJP_GEN_ONEHOT && values->parameter >= 0 &&
        values->parameter >= (double)count)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%.60s: expected an index below %" PRId64 ", the elements of %s", name,
                        values->text, count, name);
    if (values->generator == VJP_GEN_CANCEL && vjp_slot_partner(c->spec, slot) < 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s=%.60s: expected another generator: no gradient sums products with %s",
                        name, values->text, name);
    if (values->generator == VJP_GEN_CONST && strchr(values->text, ':')) {
        const char *end;
        uint64_t bits;
        const enum vjp_status status =
            vjp_literal_number(c->dtype, strchr(values->text, ':') + 1, &end, &bits, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "%s=%.60s: ", name, values->text);
        return status;
    }
    return VJP_OK;
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
    if (status != VJP_OK || values->generator == VJP_GEN_NPY)
        return status;
    if (values->generator != VJP_GEN_LITERAL)
        return check_named(c, slot, name, count, error);
    int64_t listed;
    status = vjp_literal_list(c->dtype, values->text, NULL, &listed, NULL, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "%s: ", name);
    else if (listed != count)
        status =
            vjp_fail(error, VJP_ERR_USAGE, "%s has %" PRId64 " elements, the list has %" PRId64,
                     name, count, listed);
    return status;
}

enum vjp_status vjp_case_validate_field(const struct vjp_case *c, char field[VJP_FIELD_NAME_MAX],
                                        struct vjp_error *error)
{
    enum vjp_status status = check_sizes(c, field, error);
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        char name[32];
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
