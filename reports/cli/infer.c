/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/infer.h"

#include "cases/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHAPE_TEXT_SIZE 128
#define SAID            (-1) /* as a source: NAME=SIZE, not an operand's shape */
#define NOBODY          (-2)

/* What the dimensions were set from. */
struct inference {
    struct vjp_case *c;
    const struct vjp_known *known;
    int source[VJP_MAX_DIMS]; /* a slot, SAID or NOBODY */
};

/* The shape of an input or the cotangent, with what each axis is called. */
static void find_shape(const struct vjp_case *c, int slot, struct vjp_shape *out,
                       int axis_dim[VJP_RANK_MAX])
{
    c->spec->shape(c, slot, out, axis_dim); /* y has the number of the cotangent's slot */
}

/* Writes the shape that the slot has as far as it is known: "4xM"; an axis without name that hangs on
 * what is not known is "?". Returns text. */
static char *expected_text(const struct inference *f, int slot, char text[SHAPE_TEXT_SIZE])
{
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    bool all_known = true;
    int length = 0;
    for (int d = 0; d < f->c->spec->n_dims; d++)
        all_known &= f->source[d] != NOBODY;
    find_shape(f->c, slot, &shape, axis_dim);
    if (shape.rank == 0)
        snprintf(text, SHAPE_TEXT_SIZE, "scalar");
    for (int axis = 0; axis < shape.rank && length < SHAPE_TEXT_SIZE - 24; axis++) {
        const int d = axis_dim[axis];
        length +=
            snprintf(text + length, (size_t)(SHAPE_TEXT_SIZE - length), "%s", axis > 0 ? "x" : "");
        if (d >= 0 ? f->source[d] != NOBODY : all_known)
            length += snprintf(text + length, (size_t)(SHAPE_TEXT_SIZE - length), "%" PRId64,
                               shape.dim[axis]);
        else
            length += snprintf(text + length, (size_t)(SHAPE_TEXT_SIZE - length), "%.16s",
                               d >= 0 ? f->c->spec->dim[d] : "?");
    }
    return text;
}

static enum vjp_status fail_shape(const struct inference *f, int slot, struct vjp_error *error)
{
    char name[VJP_FIELD_NAME_MAX];
    char found[SHAPE_TEXT_SIZE];
    char expected[SHAPE_TEXT_SIZE];
    const struct vjp_spec *spec = f->c->spec;
    const bool cotangent = slot == vjp_slot_cotangent(spec);
    return vjp_fail(error, VJP_ERR_USAGE, "%s is %s: expected %s%s%s",
                    vjp_slot_name(spec, slot, name, sizeof name),
                    vjp_shape_text(&f->known->shape[slot], found, sizeof found),
                    expected_text(f, slot, expected), cotangent ? ", the shape of " : "",
                    cotangent ? spec->output : "");
}

static enum vjp_status fail_contradiction(const struct inference *f, int dim, int slot,
                                          int64_t size, struct vjp_error *error)
{
    char name[2][VJP_FIELD_NAME_MAX];
    char shape[2][SHAPE_TEXT_SIZE];
    const struct vjp_spec *spec = f->c->spec;
    const int source = f->source[dim];
    vjp_slot_name(spec, slot, name[1], VJP_FIELD_NAME_MAX);
    vjp_shape_text(&f->known->shape[slot], shape[1], SHAPE_TEXT_SIZE);
    if (source == SAID)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=%" PRId64 ", but %s is %s: %s is %" PRId64,
                        spec->dim[dim], f->c->dim[dim], name[1], shape[1], spec->dim[dim], size);
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s is %s, %s is %s: %s cannot be both %" PRId64 " and %" PRId64,
                    vjp_slot_name(spec, source, name[0], VJP_FIELD_NAME_MAX),
                    vjp_shape_text(&f->known->shape[source], shape[0], SHAPE_TEXT_SIZE), name[1],
                    shape[1], spec->dim[dim], f->c->dim[dim], size);
}

/* Here, before anybody multiplies it: shapes are asked for on the way to vjp_case_validate. */
static enum vjp_status fail_size(const char *name, int64_t size, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_LIMIT, "%s=%" PRId64 " exceeds the limit of %" PRId64, name,
                    size, (int64_t)VJP_DIM_MAX);
}

/* Takes over the dimensions that the slot's shape tells. */
static enum vjp_status learn(struct inference *f, int slot, struct vjp_error *error)
{
    const struct vjp_shape *found = &f->known->shape[slot];
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    find_shape(f->c, slot, &shape, axis_dim);
    if (shape.rank != found->rank)
        return fail_shape(f, slot, error);
    for (int axis = 0; axis < shape.rank; axis++) {
        const int d = axis_dim[axis];
        if (d < 0)
            continue;
        if (found->dim[axis] > VJP_DIM_MAX)
            return fail_size(f->c->spec->dim[d], found->dim[axis], error);
        if (f->source[d] == NOBODY) {
            f->source[d] = slot;
            f->c->dim[d] = found->dim[axis];
        } else if (f->c->dim[d] != found->dim[axis]) {
            return fail_contradiction(f, d, slot, found->dim[axis], error);
        }
    }
    return VJP_OK;
}

static enum vjp_status find_missing(const struct inference *f, struct vjp_error *error)
{
    const struct vjp_spec *spec = f->c->spec;
    for (int slot = 0; slot <= vjp_slot_cotangent(spec); slot++) {
        char name[VJP_FIELD_NAME_MAX];
        char expected[SHAPE_TEXT_SIZE];
        if (f->known->has_shape[slot] || !vjp_case_has_slot(f->c, slot))
            continue;
        vjp_slot_name(spec, slot, name, sizeof name);
        return vjp_fail(error, VJP_ERR_USAGE, "%s is missing: expected %s=FILE.npy, of shape %s",
                        name, name, expected_text(f, slot, expected));
    }
    for (int d = 0; d < spec->n_dims; d++) {
        if (f->source[d] == NOBODY)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "no operand tells the dimension %s: expected %s=SIZE", spec->dim[d],
                            spec->dim[d]);
    }
    return VJP_OK;
}

/* What learn could not see: axes that follow from more than one dimension. */
static enum vjp_status check_shapes(const struct inference *f, struct vjp_error *error)
{
    for (int slot = 0; slot <= vjp_slot_cotangent(f->c->spec); slot++) {
        struct vjp_shape shape;
        if (!f->known->has_shape[slot])
            continue;
        vjp_case_slot_shape(f->c, slot, &shape);
        if (!vjp_shape_is_equal(&shape, &f->known->shape[slot]))
            return fail_shape(f, slot, error);
    }
    return VJP_OK;
}

enum vjp_status vjp_infer_dims(struct vjp_case *c, const struct vjp_known *known,
                               struct vjp_error *error)
{
    struct inference f = {.c = c, .known = known};
    enum vjp_status status = VJP_OK;
    for (int d = 0; d < c->spec->n_dims; d++)
        f.source[d] = known->has_dim[d] || !vjp_case_has_dim(c, d) ? SAID : NOBODY;
    for (int d = 0; d < c->spec->n_dims; d++) {
        if (known->has_dim[d] && c->dim[d] > VJP_DIM_MAX)
            return fail_size(c->spec->dim[d], c->dim[d], error);
    }
    /* The cotangent last: it is the inputs that it has to fit. */
    for (int slot = 0; slot <= vjp_slot_cotangent(c->spec) && status == VJP_OK; slot++) {
        if (known->has_shape[slot])
            status = learn(&f, slot, error);
    }
    if (status == VJP_OK)
        status = find_missing(&f, error);
    if (status == VJP_OK)
        status = vjp_case_settle(c, error);
    if (status == VJP_OK)
        status = vjp_case_validate(c, error);
    return status == VJP_OK ? check_shapes(&f, error) : status;
}

static enum vjp_status set_rank(struct vjp_case *c, int attr, int input,
                                const struct vjp_shape *found, struct vjp_error *error)
{
    const struct vjp_attr_spec *rank = &c->spec->attr[attr];
    char text[SHAPE_TEXT_SIZE];
    if (found->rank < rank->min || found->rank > rank->max)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s is %s: expected %" PRId64 " to %" PRId64 " dimensions",
                        c->spec->input[input].name, vjp_shape_text(found, text, sizeof text),
                        rank->min, rank->max);
    c->attr[attr] = found->rank;
    return VJP_OK;
}

enum vjp_status vjp_infer_rank(struct vjp_case *c, const bool given[VJP_MAX_ATTRS],
                               const struct vjp_known *known, struct vjp_error *error)
{
    static const char rank[] = "rank";
    enum vjp_status status = VJP_OK;
    for (int a = 0; a < c->spec->n_attrs && status == VJP_OK; a++) {
        const struct vjp_attr_spec *attr = &c->spec->attr[a];
        const size_t length = strlen(attr->name);
        if (given[a] || length < sizeof rank - 1)
            continue;
        const size_t prefix = length - (sizeof rank - 1); /* of "2." */
        if (strcmp(attr->name + prefix, rank) != 0)
            continue;
        for (int i = 0; i < c->spec->n_inputs; i++) {
            if (!known->has_shape[i] || strncmp(c->spec->input[i].name, attr->name, prefix) != 0)
                continue;
            status = set_rank(c, a, i, &known->shape[i], error);
            break;
        }
    }
    return status;
}
