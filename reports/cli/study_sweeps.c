/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"
#include "reports/cli/study_axis.h"
#include "reports/cli/study_condition.h"
#include "reports/cli/study_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of one case; four of them have 4096 and so four elements beyond the quantile 99.9 %. */
#define ELEMENTS        1024
#define SAMPLES_DEFAULT 4

/* What the studies over sizes differ in. */
struct kind {
    const char *name;
    int n_values;
    const char *values[2];
    struct vjp_sweep sweep; /* where the command line has none */
    bool condition;         /* a size is a condition number */
    bool models;            /* of accumulation are tried */
};

/* Values: terms of one sign, whose sums grow, and of both. */
static const struct kind growth_kind = {
    .name = "growth",
    .n_values = 2,
    .values = {"positive", "normal"},
    .sweep = {"K", 11, {16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384}}};
static const struct kind condition_kind = {
    .name = "condition",
    .n_values = 1,
    .values = {"cancel"},
    .condition = true,
    .sweep = {"C", 9, {64, 512, 1 << 12, 1 << 15, 1 << 18, 1 << 21, 1 << 24, 1 << 27, 1 << 30}}};
static const struct kind dtype_kind = {.name = "dtype",
                                       .n_values = 2,
                                       .values = {"positive", "normal"},
                                       .models = true,
                                       .sweep = {"K", 3, {16, 256, 4096}}};

struct growth {
    const struct kind *kind;
    struct vjp_study_run run;
    const struct vjp_sweep *sweep;
    int n_values;
    const char *const *values;
    int64_t samples;
};

/* All points of one size: one for each kernel. */
struct cell {
    const struct vjp_spec *spec;
    enum vjp_dtype dtype;
    int input;
    const char *values;
    int64_t size; /* 0: of a gradient that sums over nothing */
    int count;
    struct vjp_study_kernel kernel[VJP_STUDY_KERNELS_MAX];
    const struct vjp_study_axis *axis;
    const struct vjp_study_cancel *cancel; /* of the study condition */
};

static void print_gradient(const struct cell *cell, char *text, int size)
{
    snprintf(text, (size_t)size, "d%s", cell->spec->input[cell->input].name);
    const char *dot = strrchr(cell->spec->input[cell->input].name, '.');
    if (dot) /* of a pipeline: "3.w", "3.dw" */
        snprintf(text, (size_t)size, "%.*sd%s",
                 (int)(dot + 1 - cell->spec->input[cell->input].name),
                 cell->spec->input[cell->input].name, dot + 1);
}

static void print_key(const struct growth *g, const struct cell *cell, int k, struct vjp_text *out)
{
    char gradient[VJP_SLOT_NAME_MAX];
    print_gradient(cell, gradient, sizeof gradient);
    vjp_text_add(out, "%s %s %s %s %s", cell->kernel[k].label, vjp_format(cell->dtype)->name,
                 gradient, cell->values, g->sweep->name);
    if (cell->size > 0)
        vjp_text_add(out, "=%" PRId64, cell->size);
}

/* Whether all points of the cell stand there; those that do not in missing. */
static enum vjp_status find_missing(const struct growth *g, const struct cell *cell, bool *missing,
                                    bool *any, struct vjp_error *error)
{
    *any = false;
    for (int k = 0; k < cell->count; k++) {
        struct vjp_text key = {0};
        print_key(g, cell, k, &key);
        if (key.failed)
            return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        missing[k] = !vjp_study_run_has(&g->run, key.data);
        *any |= missing[k];
        vjp_text_clear(&key);
    }
    return VJP_OK;
}

static enum vjp_status write_point(struct growth *g, const struct cell *cell, int k,
                                   const char *why, const struct vjp_study_answers *answers,
                                   const char *example, struct vjp_error *error)
{
    struct vjp_text key = {0};
    char gradient[VJP_SLOT_NAME_MAX];
    const enum vjp_dtype accumulate = cell->kernel[k].model.accumulate;
    print_gradient(cell, gradient, sizeof gradient);
    print_key(g, cell, k, &key);
    struct vjp_study_point p = {
        .key = key.data,
        .kernel = cell->kernel[k].label,
        .layer = cell->spec->name,
        .dtype = vjp_format(cell->dtype)->name,
        .accumulate = vjp_format(accumulate)->name,
        .gradient = gradient,
        .values = cell->values,
        .axis = g->sweep->name,
        .size = (double)cell->size,
        .why = why             ? why
               : *answers->why ? answers->why
                               : NULL,
        .failed = !why && answers->failed,
        .dim = cell->axis && cell->axis->dim >= 0 ? cell->spec->dim[cell->axis->dim] : "",
        .example = example,
        .cases = g->samples,
        .outside = answers ? answers->outside : 0,
        .u = 1 / (double)(UINT64_C(1) << vjp_format(accumulate)->precision),
        .u_out = 1 / (double)(UINT64_C(1) << vjp_format(cell->dtype)->precision)};
    if (g->kind->models && !p.why) {
        p.model = vjp_study_model(answers, p.u_out, &p.ratio);
        p.parts = answers->parts;
    }
    enum vjp_status status = VJP_OK;
    if (key.failed || (!p.why && !vjp_figures_find(&answers->gather, p.u, &p.figures)))
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else if (!p.why && p.figures.elements == 0)
        p.why = cell->cancel ? "no element came near the condition number"
                             : "no element has one finite exact result";
    if (status == VJP_OK)
        status = vjp_study_run_add(&g->run, &p, error);
    vjp_text_clear(&key);
    return status;
}

/* Dimension of the sweep by its name; -1: K, also where a layer has a dimension of that name. */
static int find_dim(const struct growth *g, const struct vjp_spec *spec)
{
    for (int d = 0; d < spec->n_dims && strcmp(g->sweep->name, "K") != 0; d++) {
        if (strcmp(spec->dim[d], g->sweep->name) == 0)
            return d;
    }
    return -1;
}

/* Those elements only whose condition is what was aimed at. */
static void keep_near(double target, struct vjp_gather *gather)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < gather->count; i++) {
        if (vjp_study_cancel_is_near(target, gather->element[i].scale, gather->element[i].exact))
            gather->element[kept++] = gather->element[i];
    }
    gather->count = kept;
}

static enum vjp_status make_case(const struct growth *g, const struct cell *cell, int64_t sample,
                                 struct vjp_case *out, struct vjp_error *error)
{
    const uint64_t seed = g->run.request->seed + (uint64_t)sample;
    if (cell->cancel)
        return vjp_study_cancel_case(cell->cancel, (double)cell->size, ELEMENTS, seed, out, error);
    return vjp_study_axis_case(cell->axis, find_dim(g, cell->spec), cell->size, ELEMENTS,
                               cell->values, seed, out, error);
}

/* Asks all samples; the first case's line goes to *example. */
static enum vjp_status ask_samples(const struct growth *g, const struct cell *cell,
                                   struct vjp_study_answers *answers, struct vjp_text *example,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int64_t sample = 0; sample < g->samples && status == VJP_OK; sample++) {
        struct vjp_case c = {0};
        status = make_case(g, cell, sample, &c, error);
        if (status == VJP_OK && sample == 0)
            vjp_case_print(&c, example);
        if (status == VJP_OK)
            status = vjp_study_ask(&c, cell->input, cell->kernel, cell->count, g->kind->models,
                                   answers, error);
        vjp_case_clear(&c);
    }
    for (int k = 0; k < cell->count && cell->cancel; k++)
        keep_near((double)cell->size, &answers[k].gather);
    return status;
}

/* why: what is in the way of the whole cell; NULL: nothing. */
static enum vjp_status do_cell(struct growth *g, const struct cell *cell, const char *why,
                               struct vjp_error *error)
{
    bool missing[VJP_STUDY_KERNELS_MAX], any;
    struct vjp_study_answers *answers = calloc(VJP_STUDY_KERNELS_MAX, sizeof *answers);
    struct vjp_text example = {0};
    struct vjp_error reason;
    if (!answers)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    enum vjp_status status = find_missing(g, cell, missing, &any, error);
    if (status == VJP_OK && any && !why) {
        status = ask_samples(g, cell, answers, &example, &reason);
        if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
            why = reason.text;
            status = VJP_OK;
        } else if (status != VJP_OK && error) {
            *error = reason;
        }
    }
    for (int k = 0; k < cell->count && status == VJP_OK; k++) {
        if (missing[k])
            status =
                write_point(g, cell, k, why, &answers[k], example.data ? example.data : "", error);
    }
    char what[96];
    snprintf(what, sizeof what, "%s %s %s=%" PRId64, cell->spec->name,
             vjp_format(cell->dtype)->name, g->sweep->name, cell->size);
    vjp_study_pace_step(&g->run.pace, (double)(cell->size + 256), !any, what);
    for (int k = 0; k < cell->count; k++)
        vjp_gather_clear(&answers[k].gather);
    free(answers);
    vjp_text_clear(&example);
    return status;
}

static enum vjp_status do_sweep(struct growth *g, const struct cell *like, struct vjp_error *error)
{
    struct cell own = *like, *cell = &own;
    struct vjp_study_axis axis;
    struct vjp_study_cancel cancel;
    struct vjp_error reason;
    enum vjp_status status =
        vjp_study_axis_find(cell->spec, cell->dtype, cell->input,
                            g->kind->condition ? "normal" : cell->values, &axis, &reason);
    const char *why = status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT ? reason.text : NULL;
    if (status != VJP_OK && !why) {
        *error = reason;
        return status;
    }
    cell->axis = why ? NULL : &axis;
    cell->cancel = NULL;
    cell->size = 0;
    const bool is_dim = strcmp(g->sweep->name, "K") != 0 && !g->kind->condition;
    if (!why && !is_dim && axis.dim < 0)
        why = "sums over nothing: no dimension by itself makes its number of terms grow";
    if (!why && g->kind->condition) {
        status = vjp_study_cancel_find(&axis, &cancel, &reason);
        why = status == VJP_OK ? NULL : reason.text;
        cell->cancel = status == VJP_OK ? &cancel : NULL;
    }
    if (!why && is_dim && find_dim(g, cell->spec) < 0)
        why = "the layer has no such dimension";
    if (why)
        return do_cell(g, cell, why, error);
    status = VJP_OK;
    for (int i = 0; i < g->sweep->count && status == VJP_OK && vjp_study_run_goes_on(&g->run);
         i++) {
        cell->size = g->sweep->size[i];
        status = do_cell(g, cell, NULL, error);
    }
    return status;
}

/* Inputs that have a gradient when as many take part as possible. */
static enum vjp_status find_inputs(const struct vjp_pair *pair, bool has[VJP_MAX_INPUTS],
                                   struct vjp_error *error)
{
    struct vjp_case c = {0};
    const enum vjp_status status = vjp_study_small_case(pair->spec, pair->dtype, &c, error);
    for (int i = 0; i < pair->spec->n_inputs; i++)
        has[i] = status == VJP_OK && vjp_case_has_gradient(&c, i);
    vjp_case_clear(&c);
    return status;
}

static double work_of(const struct growth *g)
{
    double work = 0;
    for (int i = 0; i < g->sweep->count; i++)
        work += (double)(g->sweep->size[i] + 256);
    return work;
}

static enum vjp_status do_pair(struct growth *g, const struct vjp_pair *pair, bool count_only,
                               struct vjp_error *error)
{
    bool has[VJP_MAX_INPUTS] = {false};
    struct cell cell = {.spec = pair->spec, .dtype = pair->dtype};
    enum vjp_status status = find_inputs(pair, has, error);
    cell.count = vjp_study_kernels(&g->run, pair->spec, pair->dtype, cell.kernel);
    if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
        return VJP_OK; /* no sizes fit at all: there is nothing to sum */
    for (cell.input = 0; cell.input < pair->spec->n_inputs && status == VJP_OK; cell.input++) {
        for (int v = 0; v < g->n_values && has[cell.input] && status == VJP_OK; v++) {
            cell.values = g->values[v];
            if (count_only)
                g->run.pace.all += work_of(g);
            else if (vjp_study_run_goes_on(&g->run))
                status = do_sweep(g, &cell, error);
        }
    }
    return status;
}

static enum vjp_status run(const struct kind *kind, const struct vjp_study_request *request,
                           int *code, struct vjp_error *error)
{
    const bool own_values = request->values && !kind->condition;
    struct growth g = {.kind = kind,
                       .sweep = request->has_sweep ? &request->sweep : &kind->sweep,
                       .n_values = own_values ? 1 : kind->n_values,
                       .values = own_values ? &request->values : kind->values,
                       .samples = request->samples > 0 ? request->samples : SAMPLES_DEFAULT};
    if (kind->condition && (request->values || strcmp(g.sweep->name, "C") != 0))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "study condition makes its values itself and sweeps condition numbers: "
                        "expected no --values, and --sweep C=...");
    enum vjp_status status = vjp_study_run_begin(kind->name, request, &g.run, error);
    g.run.pace.all = 0;
    for (int i = 0; i < g.run.pairs.count && status == VJP_OK; i++)
        status = do_pair(&g, &g.run.pairs.pair[i], true, error);
    for (int i = 0; i < g.run.pairs.count && status == VJP_OK; i++)
        status = do_pair(&g, &g.run.pairs.pair[i], false, error);
    if (status == VJP_OK)
        status = vjp_study_run_end(&g.run, code, error);
    vjp_study_run_clear(&g.run);
    return status;
}

static enum vjp_status run_growth(const struct vjp_study_request *request, int *code,
                                  struct vjp_error *error)
{
    return run(&growth_kind, request, code, error);
}

static enum vjp_status run_condition(const struct vjp_study_request *request, int *code,
                                     struct vjp_error *error)
{
    return run(&condition_kind, request, code, error);
}

static enum vjp_status run_dtype(const struct vjp_study_request *request, int *code,
                                 struct vjp_error *error)
{
    return run(&dtype_kind, request, code, error);
}

const struct vjp_study vjp_study_growth = {
    .name = "growth",
    .summary = "error against the number K of terms that a gradient element sums",
    .run = run_growth,
};

const struct vjp_study vjp_study_condition = {
    .name = "condition",
    .summary = "error against the condition number 2S/|g|",
    .run = run_condition,
};

const struct vjp_study vjp_study_dtype = {
    .name = "dtype",
    .summary = "which accumulation explains the error, by dtype",
    .run = run_dtype,
};
