/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/stages.h"

#include "cases/base/checked.h"

#include <inttypes.h>
#include <string.h>

/* A stage of a case on the way from the first to the last: its own case, and what it is given. */
struct stage {
    struct vjp_case c;
    struct vjp_shape given; /* the output before; of stage 0 nothing */
    enum vjp_link link;
    bool is_field[VJP_MAX_DIMS]; /* the dimension is the line's, and not what the chain decides */
};

/* What a walk knows of the case. Which fields there are depends on attributes alone; dimensions need
 * not have been read for that. */
enum known { ATTRIBUTES, SIZES };

enum vjp_link vjp_link_of(int rank_taken, int rank_given)
{
    if (rank_taken == rank_given)
        return VJP_LINK_AXES;
    return rank_taken == 2 && rank_given > 2 ? VJP_LINK_ROWS : VJP_LINK_ELEMENTS;
}

bool vjp_stage_is_chained(const struct vjp_attr_spec *attr, int stage)
{
    return stage > 0 && attr->kind == VJP_ATTR_INTEGER && strcmp(attr->name, "rank") == 0;
}

int64_t vjp_stage_clamp(const struct vjp_attr_spec *attr, int64_t value)
{
    return value < attr->min ? attr->min : value > attr->max ? attr->max : value;
}

/* Attributes within their limits, since shapes are asked for before a case is validated. What a line
 * says is cut here and refused there; the rank that is given is cut for good. */
static void set_attrs(const struct vjp_pipeline *p, const struct vjp_case *c, int k, int rank,
                      struct vjp_case *out)
{
    for (int a = 0; a < out->spec->n_attrs; a++) {
        const struct vjp_attr_spec *attr = &out->spec->attr[a];
        const int from = p->attr[k][a];
        out->attr[a] = from < 0 ? rank : c->attr[from];
        out->real[a] = from < 0 ? 0 : c->real[from];
        if (attr->kind == VJP_ATTR_INTEGER)
            out->attr[a] = vjp_stage_clamp(attr, out->attr[a]);
    }
}

/* The product of the dimensions after the first; more than a dimension may be where it does not
 * fit. */
static int64_t row_length(const struct vjp_shape *shape)
{
    int64_t product = 1;
    for (int d = 1; d < shape->rank; d++) {
        if (!vjp_checked_mul(product, shape->dim[d], &product))
            return INT64_MAX;
    }
    return product;
}

/* Sets the dimensions that the first input's shape decides. */
static void take(struct stage *stage)
{
    const struct vjp_shape *given = &stage->given;
    struct vjp_shape taken;
    int axis_dim[VJP_RANK_MAX];
    stage->c.spec->shape(&stage->c, 0, &taken, axis_dim);
    stage->link = vjp_link_of(taken.rank, given->rank);
    if (stage->link == VJP_LINK_ELEMENTS)
        return;
    for (int axis = 0; axis < taken.rank; axis++) {
        const int d = axis_dim[axis];
        if (d < 0)
            continue;
        stage->is_field[d] = false;
        stage->c.dim[d] =
            stage->link == VJP_LINK_ROWS && axis == 1 ? row_length(given) : given->dim[axis];
    }
}

/* Stage k, given the output before. */
static void enter(const struct vjp_case *c, int k, enum known known, const struct vjp_shape *given,
                  struct stage *out)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    *out = (struct stage){.c = {.spec = p->stage[k], .dtype = c->dtype, .threads = 1}};
    set_attrs(p, c, k, k > 0 ? given->rank : 0, &out->c);
    for (int d = 0; d < out->c.spec->n_dims; d++) {
        const int from = p->dim[k][d];
        out->is_field[d] = from >= 0;
        out->c.dim[d] = from >= 0 && known == SIZES ? c->dim[from] : 1;
    }
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        out->c.slot[slot].layout.align = -1;
    if (k > 0) {
        out->given = *given;
        take(out);
    }
}

static void output_shape(const struct stage *stage, struct vjp_shape *out)
{
    int axis_dim[VJP_RANK_MAX];
    stage->c.spec->shape(&stage->c, stage->c.spec->n_inputs, out, axis_dim);
}

/* Stage k, by way of all before. */
static void walk(const struct vjp_case *c, int k, enum known known, struct stage *out)
{
    struct vjp_shape y = {0};
    for (int i = 0; i <= k; i++) {
        enter(c, i, known, &y, out);
        output_shape(out, &y);
    }
}

void vjp_pipeline_stage(const struct vjp_case *c, int k, struct vjp_case *out)
{
    struct stage stage;
    walk(c, k, SIZES, &stage);
    *out = stage.c;
}

/* Finds where row i of a table leads: the stage whose entry is i, and which entry it is. */
static void find(const int *table, int row, int i, int *stage, int *entry)
{
    int at = 0;
    while (table[at] != i)
        at++;
    *stage = at / row;
    *entry = at % row;
}

bool vjp_stages_has_input(const struct vjp_case *c, int i)
{
    int k, input;
    struct stage stage;
    find(vjp_pipeline_of(c->spec)->input[0], VJP_MAX_INPUTS, i, &k, &input);
    walk(c, k, ATTRIBUTES, &stage);
    return !stage.c.spec->has_input || stage.c.spec->has_input(&stage.c, input);
}

bool vjp_stages_has_dim(const struct vjp_case *c, int i)
{
    int k, d;
    struct stage stage;
    find(vjp_pipeline_of(c->spec)->dim[0], VJP_MAX_DIMS, i, &k, &d);
    walk(c, k, ATTRIBUTES, &stage);
    return stage.is_field[d] && (!stage.c.spec->has_dim || stage.c.spec->has_dim(&stage.c, d));
}

int vjp_pipeline_dim_decider(const struct vjp_case *c, int i)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    int k, d;
    struct stage stage;
    if (!p)
        return 0;
    find(p->dim[0], VJP_MAX_DIMS, i, &k, &d);
    walk(c, k, ATTRIBUTES, &stage);
    return stage.is_field[d] ? 0 : k; /* stage k, from 0, has this many before it */
}

void vjp_stages_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                      int axis_dim[VJP_RANK_MAX])
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    int k = p->n_stages - 1, input = p->stage[k]->n_inputs;
    struct stage stage;
    if (i < p->spec.n_inputs)
        find(p->input[0], VJP_MAX_INPUTS, i, &k, &input);
    walk(c, k, SIZES, &stage);
    stage.c.spec->shape(&stage.c, input, out, axis_dim);
    for (int axis = 0; axis < out->rank; axis++) {
        const int d = axis_dim[axis];
        axis_dim[axis] = d >= 0 && stage.is_field[d] ? p->dim[k][d] : -1;
    }
}

/* The number of products that a gradient element of a pipeline sums, multiplied out: a path through
 * the stages chooses a term in each, forward or backward, of at most as many as the stage's gradients
 * sum or as its first input has elements. How many factors a product has depends on the layers, so
 * that no bound on operands but 1 keeps all sums small: the number is at least 2^(p - 2), with which
 * the generator exact (cases/gen/exact.c) draws nothing larger. */
int64_t vjp_stages_reduction(const struct vjp_case *c)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    const int64_t most = INT64_C(1) << 60;
    int64_t terms = 1;
    for (int k = 0; k < p->n_stages; k++) {
        struct stage stage;
        struct vjp_shape x;
        int axis_dim[VJP_RANK_MAX];
        int64_t count = 1;
        walk(c, k, SIZES, &stage);
        stage.c.spec->shape(&stage.c, 0, &x, axis_dim);
        if (vjp_shape_count(&x, &count, NULL) != VJP_OK)
            return most;
        const int64_t summed = stage.c.spec->reduction(&stage.c);
        count = count > summed ? count : summed;
        if (!vjp_checked_mul(terms, count > 1 ? count : 1, &terms) || terms > most)
            return most;
    }
    const int64_t least = INT64_C(1) << (vjp_format(c->dtype)->precision - 2);
    return terms > least ? terms : least;
}

double vjp_stages_work(const struct vjp_case *c)
{
    double work = 0;
    for (int k = 0; k < vjp_pipeline_of(c->spec)->n_stages; k++) {
        struct stage stage;
        walk(c, k, SIZES, &stage);
        work += vjp_case_work(&stage.c);
    }
    return work;
}

int64_t vjp_stages_index_bound(const struct vjp_case *c, int i)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    int k = 0, input = 0;
    struct stage stage;
    find(p->input[0], VJP_MAX_INPUTS, i, &k, &input);
    walk(c, k, SIZES, &stage);
    return p->stage[k]->index_bound(&stage.c, input);
}

/* The pipeline's name for what a message of stage k calls name: its field, or nothing where the
 * chain decides it. */
static const char *field_of(const struct vjp_pipeline *p, int k, const char *name)
{
    const struct vjp_spec *spec = p->stage[k];
    for (int d = 0; d < spec->n_dims; d++) {
        if (strcmp(spec->dim[d], name) == 0)
            return p->dim[k][d] >= 0 ? p->spec.dim[p->dim[k][d]] : "";
    }
    for (int a = 0; a < spec->n_attrs; a++) {
        if (strcmp(spec->attr[a].name, name) == 0)
            return p->attr[k][a] >= 0 ? p->spec.attr[p->attr[k][a]].name : "";
    }
    for (int i = 0; i < spec->n_inputs; i++) {
        if (strcmp(spec->input[i].name, name) == 0)
            return p->input[k][i] >= 0 ? p->spec.input[p->input[k][i]].name : "";
    }
    return "";
}

/* Whether the first input has the shape that it is given. */
static enum vjp_status check_fit(const struct stage *stage, const char **field,
                                 struct vjp_error *error)
{
    const struct vjp_spec *spec = stage->c.spec;
    struct vjp_shape taken;
    int axis_dim[VJP_RANK_MAX];
    int64_t count_taken = 0, count_given = 0;
    char text_taken[128], text_given[128];
    spec->shape(&stage->c, 0, &taken, axis_dim);
    enum vjp_status status = vjp_shape_count(&taken, &count_taken, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&stage->given, &count_given, error);
    if (status != VJP_OK)
        return status;
    if (stage->link == VJP_LINK_AXES ? vjp_shape_is_equal(&taken, &stage->given)
                                     : count_taken == count_given)
        return VJP_OK;
    for (int axis = 0; axis < taken.rank; axis++) {
        if (axis_dim[axis] >= 0 && stage->is_field[axis_dim[axis]]) {
            *field = spec->dim[axis_dim[axis]];
            break;
        }
    }
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s is %s, %" PRId64 " elements; the output before is %s, %" PRId64 " elements",
                    spec->input[0].name, vjp_shape_text(&taken, text_taken, sizeof text_taken),
                    count_taken, vjp_shape_text(&stage->given, text_given, sizeof text_given),
                    count_given);
}

/* Dimensions that the chain decides have the limits of those on a line. */
static enum vjp_status check_dims(const struct stage *stage, struct vjp_error *error)
{
    const struct vjp_spec *spec = stage->c.spec;
    for (int d = 0; d < spec->n_dims; d++) {
        if (stage->c.dim[d] < 0 || stage->c.dim[d] > VJP_DIM_MAX)
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "%s=%" PRId64 " from the output before: expected 0 to %" PRId64,
                            spec->dim[d], stage->c.dim[d], VJP_DIM_MAX);
    }
    return VJP_OK;
}

enum vjp_status vjp_stages_check_each(const struct vjp_case *c, int *fitting, const char **field,
                                      struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    struct vjp_shape y = {0};
    for (*fitting = 0; *fitting < p->n_stages; ++*fitting) {
        const int k = *fitting;
        struct stage stage;
        const char *name = "";
        enter(c, k, SIZES, &y, &stage);
        enum vjp_status status = check_dims(&stage, error);
        if (status == VJP_OK && stage.c.spec->check)
            status = stage.c.spec->check(&stage.c, &name, error);
        if (status == VJP_OK && k > 0) {
            name = ""; /* a check that finds nothing may have named something all the same */
            status = check_fit(&stage, &name, error);
        }
        if (status != VJP_OK) {
            vjp_error_prefix(error, "stage %d (%s): ", k + 1, stage.c.spec->name);
            *field = field_of(p, k, name);
            return status;
        }
        output_shape(&stage, &y);
    }
    return VJP_OK;
}

enum vjp_status vjp_stages_check(const struct vjp_case *c, const char **field,
                                 struct vjp_error *error)
{
    int fitting;
    return vjp_stages_check_each(c, &fitting, field, error);
}

int vjp_stages_counted(const struct vjp_case *c, int k, int field[VJP_RANK_MAX], int64_t *count)
{
    struct stage stage;
    struct vjp_shape taken;
    int axis_dim[VJP_RANK_MAX];
    if (k <= 0)
        return 0;
    walk(c, k, SIZES, &stage);
    if (vjp_shape_count(&stage.given, count, NULL) != VJP_OK)
        return 0;
    stage.c.spec->shape(&stage.c, 0, &taken, axis_dim);
    /* Axis by axis, and as rows, the chain decides: then these are no fields. */
    for (int axis = 0; axis < taken.rank; axis++) {
        const int d = axis_dim[axis];
        if (d < 0 || !stage.is_field[d])
            return 0;
        field[axis] = vjp_pipeline_of(c->spec)->dim[k][d];
    }
    return taken.rank;
}
