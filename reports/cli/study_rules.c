/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/line/parse.h"
#include "reports/cli/paths.h"
#include "reports/cli/plants.h"
#include "reports/cli/rules_ask.h"
#include "reports/cli/study_axis.h"
#include "reports/cli/study_run.h"
#include "reports/render/ruling_output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of one gradient: as many as people compare in a test by hand. */
#define ELEMENTS 256

/* As many as the rule with the most trials has (KernelBench). */
#define SAMPLES_DEFAULT 5

/* No multiples of anything: at those a lost tail does not show. */
static const struct vjp_sweep sweep_default = {"K", 5, {17, 67, 259, 1027, 4099}};
/* Numbers about 1, on which sums cancel or not; as small as gradients are; and exact sums, for rules that want them. */
static const char *const values_default[] = {"normal", "positive", "normal:1e-3", "exact"};
#define N_VALUES (int)(sizeof values_default / sizeof *values_default)

struct study {
    struct vjp_study_request request; /* with the plants' files */
    struct vjp_study_run run;
    struct vjp_ruling_table table; /* what stood there; at the end, everything */
    struct vjp_plants plants;
    struct vjp_targets right; /* "naive", of which most plants are copies */
    const char **beside;
    const struct vjp_sweep *sweep;
    int n_values;
    const char *const *values;
    int samples;
};

/* All rulings of one size: one for each kernel and plant. */
struct cell {
    const struct vjp_spec *spec;
    enum vjp_dtype dtype;
    int input;
    const char *values;
    int64_t size; /* 0: of a gradient that sums over nothing */
    int count;
    struct vjp_rules_kernel *kernel;
    const struct vjp_study_axis *axis;
    char gradient[VJP_SLOT_NAME_MAX];
};

static void print_key(const struct study *s, const struct cell *cell, int k, struct vjp_text *out)
{
    vjp_text_add(out, "%s %s %s %s %s", cell->kernel[k].label, vjp_format(cell->dtype)->name,
                 cell->gradient, cell->values, s->sweep->name);
    if (cell->size > 0)
        vjp_text_add(out, "=%" PRId64, cell->size);
}

static bool has(const struct study *s, const char *key)
{
    for (int64_t i = 0; i < s->table.count; i++) {
        if (strcmp(s->table.ruling[i].key, key) == 0)
            return true;
    }
    return false;
}

/* Those whose ruling does not stand there. */
static enum vjp_status find_missing(const struct study *s, const struct cell *cell, bool *any,
                                    struct vjp_error *error)
{
    *any = false;
    for (int k = 0; k < cell->count; k++) {
        struct vjp_text key = {0};
        print_key(s, cell, k, &key);
        if (key.failed)
            return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        cell->kernel[k].wanted = !has(s, key.data);
        *any |= cell->kernel[k].wanted;
        vjp_text_clear(&key);
    }
    return VJP_OK;
}

static enum vjp_status write_ruling(struct study *s, const struct cell *cell, int k,
                                    const char *why, const char *example, struct vjp_error *error)
{
    const struct vjp_rules_kernel *kernel = &cell->kernel[k];
    struct vjp_text key = {0};
    print_key(s, cell, k, &key);
    const struct vjp_ruling ruling = {.key = key.data,
                                      .kernel = kernel->label,
                                      .layer = cell->spec->name,
                                      .dtype = vjp_format(cell->dtype)->name,
                                      .gradient = cell->gradient,
                                      .values = cell->values,
                                      .axis = s->sweep->name,
                                      .at = (double)cell->size,
                                      .defect = kernel->defect,
                                      .why = why            ? why
                                             : *kernel->why ? kernel->why
                                                            : NULL,
                                      .failed = !why && kernel->failed,
                                      .example = example,
                                      .count = kernel->count,
                                      .answer = kernel->answer};
    const enum vjp_status status = key.failed
                                       ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                       : vjp_ruling_write(&s->run.stream.sink, &ruling, error);
    vjp_text_clear(&key);
    return status;
}

/* Dimension of the sweep by its name; -1: K. */
static int find_dim(const struct study *s, const struct vjp_spec *spec)
{
    for (int d = 0; d < spec->n_dims && strcmp(s->sweep->name, "K") != 0; d++) {
        if (strcmp(spec->dim[d], s->sweep->name) == 0)
            return d;
    }
    return -1;
}

static enum vjp_status ask_samples(struct study *s, const struct cell *cell,
                                   struct vjp_text *example, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int sample = 0; sample < s->samples && status == VJP_OK; sample++) {
        struct vjp_case c = {0};
        status = vjp_study_axis_case(cell->axis, find_dim(s, cell->spec), cell->size, ELEMENTS,
                                     cell->values, s->request.seed + (uint64_t)sample, &c, error);
        if (status == VJP_OK && sample == 0)
            vjp_case_print(&c, example);
        if (status == VJP_OK)
            status = vjp_rules_ask(&c, cell->input, cell->kernel, cell->count, error);
        vjp_case_clear(&c);
    }
    return status;
}

/* why: what is in the way of the whole cell; NULL: nothing. */
static enum vjp_status do_cell(struct study *s, const struct cell *cell, const char *why,
                               struct vjp_error *error)
{
    struct vjp_text example = {0};
    struct vjp_error reason;
    bool any;
    enum vjp_status status = vjp_rules_begin(cell->kernel, cell->count, s->samples, error);
    if (status == VJP_OK)
        status = find_missing(s, cell, &any, error);
    if (status == VJP_OK && any && !why) {
        status = ask_samples(s, cell, &example, &reason);
        if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
            why = reason.text;
            status = VJP_OK;
        } else if (status != VJP_OK && error) {
            *error = reason;
        }
    }
    for (int k = 0; k < cell->count && status == VJP_OK; k++) {
        if (cell->kernel[k].wanted)
            status = write_ruling(s, cell, k, why, example.data ? example.data : "", error);
    }
    if (status == VJP_OK) {
        char what[96];
        snprintf(what, sizeof what, "%s %s %s %s=%" PRId64, cell->spec->name,
                 vjp_format(cell->dtype)->name, cell->gradient, s->sweep->name, cell->size);
        vjp_study_pace_step(&s->run.pace, (double)(cell->size + 256), !any, what);
    }
    vjp_text_clear(&example);
    return status;
}

/* What a gradient sums over, found once: of data without zeros, which are no terms. */
struct axis {
    struct vjp_study_axis found;
    enum vjp_status status;
    struct vjp_error reason;
};

static enum vjp_status do_sweep(struct study *s, struct cell *cell, const struct axis *axis,
                                struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    const bool is_dim = strcmp(s->sweep->name, "K") != 0;
    const char *why = axis->status == VJP_OK ? NULL : axis->reason.text;
    cell->axis = why ? NULL : &axis->found;
    cell->size = 0;
    if (!why && !is_dim && axis->found.dim < 0)
        why = "sums over nothing: no dimension by itself makes its number of terms grow";
    if (!why && is_dim && find_dim(s, cell->spec) < 0)
        why = "the layer has no such dimension";
    if (why)
        return do_cell(s, cell, why, error);
    for (int i = 0; i < s->sweep->count && status == VJP_OK && vjp_study_run_goes_on(&s->run);
         i++) {
        cell->size = s->sweep->size[i];
        status = do_cell(s, cell, NULL, error);
    }
    return status;
}

static enum vjp_status do_input(struct study *s, struct cell *cell, struct vjp_error *error)
{
    struct axis axis;
    enum vjp_status status = VJP_OK;
    if (!vjp_study_run_goes_on(&s->run))
        return VJP_OK;
    axis.status = vjp_study_axis_find(cell->spec, cell->dtype, cell->input, "normal", &axis.found,
                                      &axis.reason);
    if (axis.status != VJP_OK && axis.status != VJP_ERR_USAGE && axis.status != VJP_ERR_LIMIT) {
        *error = axis.reason;
        return axis.status;
    }
    for (int v = 0; v < s->n_values && status == VJP_OK && vjp_study_run_goes_on(&s->run); v++) {
        cell->values = s->values[v];
        status = do_sweep(s, cell, &axis, error);
    }
    return status;
}

static double work_of(const struct study *s)
{
    double work = 0;
    for (int i = 0; i < s->sweep->count; i++)
        work += (double)(s->sweep->size[i] + 256);
    return work;
}

/* Kernels and plants that serve the pair; the array is the caller's, with room for all. */
static int list_kernels(const struct study *s, const struct vjp_pair *pair,
                        struct vjp_rules_kernel *out)
{
    const struct vjp_case c = {.spec = pair->spec, .dtype = pair->dtype};
    struct vjp_study_kernel kernel[VJP_STUDY_KERNELS_MAX];
    const struct vjp_target *naive = &s->right.target[0];
    int right = -1;
    int n = vjp_study_kernels(&s->run, pair->spec, pair->dtype, kernel);
    for (int i = 0; i < n; i++)
        out[i] = (struct vjp_rules_kernel){
            .target = kernel[i].target, .kernel = kernel[i].kernel, .label = kernel[i].label};
    for (int k = 0; k < naive->info->n_kernels; k++)
        right = vjp_target_serves(naive, k, &c) ? k : right;
    for (int p = 0; p < s->plants.count && right >= 0; p++) {
        struct vjp_target *target = &s->plants.opened[p].target[0];
        for (int k = 0; k < target->info->n_kernels; k++) {
            if (vjp_target_serves(target, k, &c)) {
                out[n++] = (struct vjp_rules_kernel){.target = target,
                                                     .kernel = k,
                                                     .label = target->info->name,
                                                     .defect = true,
                                                     .beside = &s->right.target[0],
                                                     .beside_kernel = right};
                break;
            }
        }
    }
    return n;
}

static enum vjp_status do_pair(struct study *s, const struct vjp_pair *pair, bool count_only,
                               struct vjp_error *error)
{
    struct cell cell = {.spec = pair->spec, .dtype = pair->dtype};
    struct vjp_case small = {0};
    enum vjp_status status = vjp_study_small_case(pair->spec, pair->dtype, &small, error);
    if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
        return VJP_OK; /* no sizes fit at all */
    cell.kernel = calloc((size_t)(VJP_STUDY_KERNELS_MAX + s->plants.count), sizeof *cell.kernel);
    if (status == VJP_OK && !cell.kernel)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        cell.count = list_kernels(s, pair, cell.kernel);
    for (cell.input = 0; cell.input < pair->spec->n_inputs && status == VJP_OK; cell.input++) {
        vjp_slot_name(pair->spec, vjp_slot_gradient(pair->spec, cell.input), cell.gradient,
                      sizeof cell.gradient);
        if (!vjp_case_has_gradient(&small, cell.input))
            continue;
        if (count_only)
            s->run.pace.all += s->n_values * work_of(s);
        else
            status = do_input(s, &cell, error);
    }
    vjp_rules_end(cell.kernel, cell.count);
    free(cell.kernel);
    vjp_case_clear(&small);
    return status;
}

static enum vjp_status begin(struct study *s, struct vjp_error *error)
{
    static const char *const naive[] = {"naive"};
    char *folder = NULL;
    enum vjp_status status = vjp_targets_open(naive, 1, false, 0, &s->right, error);
    if (status == VJP_OK)
        status = vjp_path_plants(&folder, error);
    if (status == VJP_OK)
        status = vjp_plants_open(folder, s->request.layer, s->request.dtype, &s->plants, error);
    free(folder);
    if (status != VJP_OK)
        return status;
    s->beside = calloc((size_t)s->plants.count + 1, sizeof *s->beside);
    if (!s->beside)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < s->plants.count; i++)
        s->beside[i] = s->plants.path[i];
    s->beside[s->plants.count] = s->right.target[0].path;
    s->request.beside = s->beside;
    s->request.n_beside = s->plants.count + 1;
    status = vjp_study_run_begin("rules", &s->request, &s->run, error);
    for (size_t i = 0; i < s->run.stream.count && status == VJP_OK; i++)
        status = vjp_ruling_table_add(&s->table, s->run.stream.line[i], error);
    return status;
}

/* All that is told is told of what was written. */
static enum vjp_status conclude(struct study *s, int *code, struct vjp_error *error)
{
    struct vjp_study_run *run = &s->run;
    const struct vjp_sink *sink = &run->stream.sink;
    vjp_progress_erase(&run->pace.progress);
    vjp_ruling_table_clear(&s->table);
    enum vjp_status status =
        vjp_ruling_table_read(&s->table, run->stream.complete ? sink->path : sink->partial, error);
    const struct vjp_ruling_totals totals = vjp_ruling_table_count(&s->table);
    if (status == VJP_OK && !run->stream.complete && !run->interrupted) {
        status = vjp_ruling_summary_write(&run->stream.sink, &totals, error);
        if (status == VJP_OK)
            status = vjp_study_stream_commit(&run->stream, error);
    }
    if (status == VJP_OK)
        status = vjp_ruling_output_write(s->request.out, &s->table, error);
    if (status != VJP_OK)
        return status;
    vjp_ruling_output_print(s->request.out, &s->table, vjp_terminal_has_colour(stdout), stdout);
    *code = totals.refused > 0 || totals.failed > 0 || run->interrupted ? VJP_EXIT_FAILED
                                                                        : VJP_EXIT_SOUND;
    if (run->interrupted)
        printf("interrupted by %s: the same command goes on from here\n",
               strsignal(run->interrupted));
    else if (totals.right == 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing was measured: all %" PRId64 " points were left out", totals.gaps);
    return VJP_OK;
}

static enum vjp_status run(const struct vjp_study_request *request, int *code,
                           struct vjp_error *error)
{
    struct study s = {.request = *request,
                      .sweep = request->has_sweep ? &request->sweep : &sweep_default,
                      .n_values = request->values ? 1 : N_VALUES,
                      .values = request->values ? &request->values : values_default,
                      .samples = request->samples > 0 ? (int)request->samples : SAMPLES_DEFAULT};
    enum vjp_status status = begin(&s, error);
    s.run.pace.all = 0;
    for (int i = 0; i < s.run.pairs.count && status == VJP_OK; i++)
        status = do_pair(&s, &s.run.pairs.pair[i], true, error);
    for (int i = 0; i < s.run.pairs.count && status == VJP_OK; i++)
        status = do_pair(&s, &s.run.pairs.pair[i], false, error);
    if (status == VJP_OK)
        status = conclude(&s, code, error);
    vjp_study_run_clear(&s.run);
    vjp_ruling_table_clear(&s.table);
    vjp_plants_clear(&s.plants);
    vjp_targets_close(&s.right);
    free(s.beside);
    return status;
}

const struct vjp_study vjp_study_rules = {
    .name = "rules",
    .summary = "what other projects' tolerances let through and refuse",
    .run = run,
};
