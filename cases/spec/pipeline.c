/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/pipeline.h"

#include "cases/spec/stages.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS    " \t"
#define NAME_SIZE 256 /* of a pipeline: 8 names of 28 letters */

/* Every pipeline that was ever named. Specs are known by their address and live as long as the
 * process, as those of single layers do, so a pipeline, which is made when it is first named, needs a
 * place that all callers share: the one mutable global of the project. It only grows, an entry never
 * changes once it is in, and the mutex is held while it is read or extended. */
struct entry {
    struct entry *next;
    struct vjp_pipeline pipeline;
};
static struct entry *table;
static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;

const struct vjp_pipeline *vjp_pipeline_of(const struct vjp_spec *spec)
{
    /* The spec is the first member, and nothing else has this callback. */
    return spec->shape == vjp_stages_shape ? (const struct vjp_pipeline *)spec : NULL;
}

int vjp_pipeline_doubtful(const struct vjp_spec *spec)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(spec);
    int last = 0;
    for (int k = 1; p && k < p->n_stages; k++) {
        if (p->stage[k]->input[0].domain == VJP_DOMAIN_POSITIVE && !p->stage[k - 1]->positive)
            last = k;
    }
    return last;
}

int vjp_pipeline_decider(const struct vjp_spec *spec, const char *name)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(spec);
    char *own;
    const long stage = strtol(name, &own, 10);
    if (!p || *own++ != '.' || stage < 2 || stage > p->n_stages)
        return 0;
    const struct vjp_spec *layer = p->stage[stage - 1];
    const int dim = vjp_dim_find(layer, own);
    const int attr = vjp_attr_find(layer, own);
    const int slot = vjp_slot_find(layer, own);
    const bool decided = (dim >= 0 && p->dim[stage - 1][dim] < 0) ||
                         (attr >= 0 && p->attr[stage - 1][attr] < 0) || slot == 0 ||
                         slot == vjp_slot_gradient(layer, 0);
    return decided ? (int)stage - 1 : 0;
}

enum vjp_status vjp_pipeline_fail_decided(const char *name, int stage, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE,
                    "found %.40s; expected no such field: it follows from the output of stage %d",
                    name, stage);
}

/* Splits the name at '|' and adds a layer for every piece. */
static enum vjp_status add_stages(struct vjp_pipeline *p, const char *name, struct vjp_error *error)
{
    for (const char *piece = name;; piece++) {
        char layer[64];
        const int k = p->n_stages;
        piece += strspn(piece, BLANKS);
        const size_t length = strcspn(piece, "|" BLANKS);
        if (k == VJP_MAX_STAGES)
            return vjp_fail(error, VJP_ERR_LIMIT, "found more than %d stages; expected at most %d",
                            VJP_MAX_STAGES, VJP_MAX_STAGES);
        if (length == 0)
            return vjp_fail(error, VJP_ERR_USAGE, "stage %d is empty; expected a layer", k + 1);
        snprintf(layer, sizeof layer, "%.*s", (int)length, piece);
        const struct vjp_spec *spec = vjp_spec_find(layer);
        if (!spec)
            return vjp_fail(error, VJP_ERR_USAGE, "stage %d: unknown layer '%s'", k + 1, layer);
        if (k > 0 && (spec->n_inputs == 0 || !spec->input[0].differentiable))
            return vjp_fail(error, VJP_ERR_USAGE,
                            "stage %d (%s): its first input has no gradient; expected one that "
                            "takes the output of stage %d",
                            k + 1, layer, k);
        p->stage[p->n_stages++] = spec;
        piece += length;
        piece += strspn(piece, BLANKS);
        if (*piece == '\0')
            break;
        if (*piece != '|')
            return vjp_fail(error, VJP_ERR_USAGE, "found '%.40s' after stage %d; expected '|'",
                            piece, k + 1);
    }
    if (p->n_stages < 2)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "'%.40s' is no pipeline; expected layers with '|' "
                        "between them",
                        name);
    return VJP_OK;
}

/* Where the names of a pipeline under construction go: into its names, from used on. */
struct writer {
    struct vjp_pipeline *p;
    size_t used;
    bool full;
};

static const char *VJP_PRINTF(2, 3) write_name(struct writer *w, const char *format, ...)
{
    const size_t room = sizeof w->p->names - w->used;
    char *name = w->p->names + w->used;
    va_list arguments;
    va_start(arguments, format);
    const size_t length = (size_t)vsnprintf(name, room, format, arguments) + 1;
    va_end(arguments);
    if (length > room) {
        w->full = true;
        return "";
    }
    w->used += length;
    return name;
}

/* Which ranks an output may have, bit r for rank r: attributes decide, and what comes in. */
struct probe {
    uint64_t given;           /* ranks of the output before; 0 for the first stage */
    uint64_t output;          /* ranks of the output */
    bool field[VJP_MAX_DIMS]; /* the dimension is a field for some attributes */
};

/* One choice of attributes; given is the rank that comes in, or -1. */
static void probe_attrs(struct probe *probe, struct vjp_case *c, int given)
{
    const struct vjp_spec *spec = c->spec;
    bool decided[VJP_MAX_DIMS] = {false};
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    for (int a = 0; a < spec->n_attrs; a++) {
        if (given >= 0 && vjp_stage_is_chained(&spec->attr[a], 1))
            c->attr[a] = vjp_stage_clamp(&spec->attr[a], given);
    }
    spec->shape(c, 0, &shape, axis_dim);
    if (given >= 0 && vjp_link_of(shape.rank, given) != VJP_LINK_ELEMENTS) {
        for (int axis = 0; axis < shape.rank; axis++) {
            if (axis_dim[axis] >= 0)
                decided[axis_dim[axis]] = true;
        }
    }
    for (int d = 0; d < spec->n_dims; d++)
        probe->field[d] |= !decided[d] && (!spec->has_dim || spec->has_dim(c, d));
    spec->shape(c, spec->n_inputs, &shape, axis_dim);
    probe->output |= UINT64_C(1) << shape.rank;
}

static void probe_ranks(struct probe *probe, struct vjp_case *c)
{
    if (!probe->given)
        probe_attrs(probe, c, -1);
    for (int rank = 0; rank <= VJP_RANK_MAX; rank++) {
        if (probe->given >> rank & 1)
            probe_attrs(probe, c, rank);
    }
}

/* The attributes at their fallbacks, and each of them at every value it has where these are few: a
 * shape that needs two attributes away from their fallbacks for another rank is not found. Then a
 * dimension may lack its field, and vjp_stages_check refuses the case. */
static void probe_stage(struct probe *probe, const struct vjp_spec *spec)
{
    enum { FEW = 8 };
    struct vjp_case c = {.spec = spec, .threads = 1};
    for (int d = 0; d < spec->n_dims; d++)
        c.dim[d] = 1;
    for (int a = 0; a < spec->n_attrs; a++) {
        c.attr[a] = spec->attr[a].fallback;
        c.real[a] = spec->attr[a].real_fallback;
    }
    const struct vjp_case fallback = c;
    probe_ranks(probe, &c);
    for (int a = 0; a < spec->n_attrs; a++) {
        const struct vjp_attr_spec *attr = &spec->attr[a];
        int64_t low = attr->min, high = attr->max;
        if (attr->kind == VJP_ATTR_CHOICE) {
            for (low = high = 0; attr->choices[high + 1]; high++)
                ;
        }
        if (attr->kind == VJP_ATTR_REAL || high - low > FEW)
            continue;
        for (int64_t value = low; value <= high; value++) {
            c = fallback;
            c.attr[a] = value;
            probe_ranks(probe, &c);
        }
    }
}

static void add_attrs(struct writer *w, int k)
{
    struct vjp_pipeline *p = w->p;
    for (int a = 0; a < p->stage[k]->n_attrs; a++) {
        const struct vjp_attr_spec *attr = &p->stage[k]->attr[a];
        if (vjp_stage_is_chained(attr, k))
            continue;
        if (p->spec.n_attrs < VJP_MAX_ATTRS) {
            p->spec.attr[p->spec.n_attrs] = *attr;
            p->spec.attr[p->spec.n_attrs].name = write_name(w, "%d.%s", k + 1, attr->name);
            p->attr[k][a] = p->spec.n_attrs;
        }
        p->spec.n_attrs++;
    }
}

static void add_dims(struct writer *w, int k, const struct probe *probe)
{
    struct vjp_pipeline *p = w->p;
    for (int d = 0; d < p->stage[k]->n_dims; d++) {
        if (!probe->field[d])
            continue;
        if (p->spec.n_dims < VJP_MAX_DIMS) {
            p->spec.dim[p->spec.n_dims] = write_name(w, "%d.%s", k + 1, p->stage[k]->dim[d]);
            p->dim[k][d] = p->spec.n_dims;
        }
        p->spec.n_dims++;
    }
}

/* What multiplies an operand in a gradient is an intermediate, so partners are those of the forward
 * formula. Where that names the first input of a later stage, no slot has the name: no partner. */
static const char *write_partner(struct writer *w, const struct vjp_input_spec *input, int k)
{
    return input->cofactor ? write_name(w, "%d.%s", k + 1, input->cofactor) : NULL;
}

static void add_inputs(struct writer *w, int k)
{
    struct vjp_pipeline *p = w->p;
    for (int i = k > 0; i < p->stage[k]->n_inputs; i++) {
        const struct vjp_input_spec *input = &p->stage[k]->input[i];
        if (p->spec.n_inputs < VJP_MAX_INPUTS) {
            p->spec.input[p->spec.n_inputs] = *input;
            p->spec.input[p->spec.n_inputs].name = write_name(w, "%d.%s", k + 1, input->name);
            p->spec.input[p->spec.n_inputs].partner = write_partner(w, input, k);
            p->input[k][i] = p->spec.n_inputs;
        }
        p->spec.n_inputs++;
    }
}

static enum vjp_status check_count(int count, int max, const char *what, struct vjp_error *error)
{
    return count <= max
               ? VJP_OK
               : vjp_fail(error, VJP_ERR_LIMIT,
                          "the stages have %d %s together; expected at most %d", count, what, max);
}

static enum vjp_status add_fields(struct vjp_pipeline *p, struct vjp_error *error)
{
    struct writer w = {.p = p};
    char name[NAME_SIZE] = "";
    uint64_t ranks = 0;
    memset(p->dim, -1, sizeof p->dim);
    memset(p->attr, -1, sizeof p->attr);
    memset(p->input, -1, sizeof p->input);
    for (int k = 0; k < p->n_stages; k++) {
        const size_t used = strlen(name);
        struct probe probe = {.given = ranks};
        snprintf(name + used, sizeof name - used, "%s%s", k > 0 ? " | " : "", p->stage[k]->name);
        probe_stage(&probe, p->stage[k]);
        ranks = probe.output;
        add_attrs(&w, k);
        add_dims(&w, k, &probe);
        add_inputs(&w, k);
    }
    p->spec.name = write_name(&w, "%s", name);
    enum vjp_status status = check_count(p->spec.n_dims, VJP_MAX_DIMS, "dimensions", error);
    if (status == VJP_OK)
        status = check_count(p->spec.n_attrs, VJP_MAX_ATTRS, "attributes", error);
    if (status == VJP_OK)
        status = check_count(p->spec.n_inputs, VJP_MAX_INPUTS, "operands", error);
    if (status == VJP_OK && (w.full || strlen(name) == sizeof name - 1))
        status = vjp_fail(error, VJP_ERR_LIMIT, "the names of the fields take more than %zu bytes",
                          sizeof p->names);
    return status;
}

/* sums_products is not set: an intermediate is rounded before it is a factor. */
static enum vjp_status build(struct vjp_pipeline *p, const char *name, struct vjp_error *error)
{
    enum vjp_status status = add_stages(p, name, error);
    if (status == VJP_OK)
        status = add_fields(p, error);
    if (status != VJP_OK)
        return status;
    p->spec.formula = "the output of a stage is the first input of the next";
    p->spec.output = p->stage[p->n_stages - 1]->output;
    p->spec.has_input = vjp_stages_has_input;
    p->spec.has_dim = vjp_stages_has_dim;
    p->spec.check = vjp_stages_check;
    p->spec.shape = vjp_stages_shape;
    p->spec.reduction = vjp_stages_reduction;
    p->spec.work = vjp_stages_work;
    p->spec.index_bound = vjp_stages_index_bound;
    return VJP_OK;
}

/* Puts made into the table, unless a pipeline of its name is there; then made is freed. */
static const struct vjp_spec *enlist(struct entry *made)
{
    pthread_mutex_lock(&table_mutex);
    struct entry *found = table;
    while (found && strcmp(found->pipeline.spec.name, made->pipeline.spec.name) != 0)
        found = found->next;
    if (!found) {
        made->next = table;
        table = made;
    }
    pthread_mutex_unlock(&table_mutex);
    if (found)
        free(made);
    return found ? &found->pipeline.spec : &made->pipeline.spec;
}

enum vjp_status vjp_pipeline_find(const char *name, const struct vjp_spec **out,
                                  struct vjp_error *error)
{
    struct entry *made = calloc(1, sizeof *made);
    if (!made)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a pipeline");
    const enum vjp_status status = build(&made->pipeline, name, error);
    if (status == VJP_OK)
        *out = enlist(made);
    else
        free(made);
    return status;
}
