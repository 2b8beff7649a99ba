/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/selection.h"

#include "cases/gen/generate.h"
#include "cases/gen/suite.h"
#include "cases/line/parse.h"
#include "cases/spec/pipeline.h"
#include "oracle/metric/reference.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_wanted(const struct vjp_selection *selection, const struct vjp_spec *spec,
                      enum vjp_dtype dtype)
{
    return (!selection->layer || selection->layer == spec) &&
           (selection->dtype < 0 || selection->dtype == (int)dtype);
}

/* Takes out the cases that are not wanted. */
static void filter(const struct vjp_selection *selection, struct vjp_case_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct vjp_case *c = &list->cases[i];
        if (!is_wanted(selection, c->spec, c->dtype)) {
            vjp_case_clear(c);
        } else if (kept++ != i) {
            list->cases[kept - 1] = *c;
            *c = (struct vjp_case){0};
        }
    }
    list->count = kept;
}

/* By anybody, where there are no targets. */
static bool is_served(const struct vjp_targets *targets, const struct vjp_spec *spec,
                      enum vjp_dtype dtype)
{
    return !targets || vjp_targets_serve(targets, spec, dtype);
}

static enum vjp_status check_domains(const struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_data data = {0};
    if (vjp_pipeline_doubtful(c->spec) == 0)
        return VJP_OK;
    enum vjp_status status = vjp_data_generate(c, &data, error);
    if (status == VJP_OK)
        status = vjp_reference_check_domains(c, &data, error);
    vjp_data_clear(&data);
    return status;
}

/* Cases that somebody wrote: one that no kernel can be right on is an error, before anything is run. */
static enum vjp_status check_written(const struct vjp_targets *targets,
                                     const struct vjp_case_list *list, struct vjp_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct vjp_case *c = &list->cases[i];
        if (!is_served(targets, c->spec, c->dtype))
            continue;
        const enum vjp_status status = check_domains(c, error);
        if (status != VJP_OK) {
            vjp_case_prefix(c, error);
            return status;
        }
    }
    return VJP_OK;
}

/* After so many cases that are not there, and none that is, a pipeline is taken to have none: each costs as
 * many draws as all others together. */
#define GIVEN_UP_AFTER 2

void vjp_gaps_clear(struct vjp_gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++)
        vjp_case_clear(&gaps->gap[i].c);
    free(gaps->gap);
    *gaps = (struct vjp_gaps){0};
}

static enum vjp_status add_gap(const struct vjp_spec *spec, enum vjp_dtype dtype,
                               const struct vjp_error *why, struct vjp_gaps *gaps,
                               struct vjp_error *error)
{
    struct vjp_gap *grown = realloc(gaps->gap, (gaps->count + 1) * sizeof *grown);
    if (!grown)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for what cannot be generated");
    gaps->gap = grown;
    grown[gaps->count] = (struct vjp_gap){.why = *why};
    const enum vjp_status status = vjp_case_init(&grown[gaps->count].c, spec, dtype, error);
    gaps->count += status == VJP_OK;
    return status;
}

static enum vjp_status add_generated(const struct vjp_selection *selection,
                                     const struct vjp_spec *spec, enum vjp_dtype dtype,
                                     struct vjp_case_list *list, struct vjp_gaps *gaps,
                                     struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_error why = {""};
    int64_t missing = 0;
    for (int64_t i = 0; i < selection->count && status == VJP_OK; i++) {
        struct vjp_case c = {0};
        status = vjp_suite_case(spec, dtype, selection->seed, i, &c, error);
        if (gaps && (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)) {
            if (missing++ == 0)
                why = *error;
            if (missing == i + 1 && missing == GIVEN_UP_AFTER)
                i = missing = selection->count;
            status = VJP_OK;
            continue;
        }
        if (status == VJP_OK)
            status = vjp_case_list_add(list, &c, error);
        /* The list has taken the case over, unless it failed. */
        vjp_case_clear(&c);
    }
    if (status != VJP_OK || missing == 0)
        return status;
    vjp_error_prefix(&why, "%" PRId64 " of %" PRId64 " generated cases: ", missing,
                     selection->count);
    return add_gap(spec, dtype, &why, gaps, error);
}

static enum vjp_status add_layer(const struct vjp_selection *selection,
                                 const struct vjp_targets *targets, const struct vjp_spec *spec,
                                 struct vjp_case_list *list, struct vjp_gaps *gaps,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int d = 0; d < VJP_DTYPE_COUNT && status == VJP_OK; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        if (is_wanted(selection, spec, dtype) && is_served(targets, spec, dtype))
            status = add_generated(selection, spec, dtype, list, gaps, error);
    }
    return status;
}

/* Whether an earlier kernel of the selected ones serves the same layer. */
static bool is_repeated(const struct vjp_targets *targets, int target, int kernel)
{
    const char *layer = targets->target[target].info->kernel[kernel].layer;
    for (int t = 0; t <= target; t++) {
        const struct vjp_target *earlier = &targets->target[t];
        const int end = t < target ? earlier->info->n_kernels : kernel;
        for (int k = 0; k < end; k++) {
            if (earlier->selected[k] && strcmp(earlier->info->kernel[k].layer, layer) == 0)
                return true;
        }
    }
    return false;
}

/* There is no list of pipelines: they are those that the kernels serve, or what somebody asks for. */
static enum vjp_status add_pipelines(const struct vjp_selection *selection,
                                     const struct vjp_targets *targets, struct vjp_case_list *list,
                                     struct vjp_gaps *gaps, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (!targets && selection->layer && vjp_pipeline_of(selection->layer))
        return add_layer(selection, targets, selection->layer, list, gaps, error);
    for (int t = 0; targets && t < targets->count; t++) {
        const struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            const struct vjp_spec *spec = vjp_spec_find(target->info->kernel[k].layer);
            if (target->selected[k] && spec && vjp_pipeline_of(spec) && !is_repeated(targets, t, k))
                status = add_layer(selection, targets, spec, list, gaps, error);
        }
    }
    return status;
}

static enum vjp_status add_suite(const struct vjp_selection *selection,
                                 const struct vjp_targets *targets, struct vjp_case_list *list,
                                 struct vjp_gaps *gaps, struct vjp_error *error)
{
    enum vjp_status status = vjp_suite_add_corpus(list, error);
    for (const struct vjp_spec *const *spec = vjp_specs; *spec && status == VJP_OK; spec++)
        status = add_layer(selection, targets, *spec, list, gaps, error);
    return status == VJP_OK ? add_pipelines(selection, targets, list, gaps, error) : status;
}

enum vjp_status vjp_selection_read(const struct vjp_selection *selection,
                                   const struct vjp_targets *targets, struct vjp_case_list *out,
                                   struct vjp_gaps *gaps, struct vjp_error *error)
{
    struct vjp_case_list list = {0};
    struct vjp_gaps found = {0};
    enum vjp_status status =
        selection->file ? vjp_case_list_read_file(&list, selection->file, error)
                        : add_suite(selection, targets, &list, gaps ? &found : NULL, error);
    if (status == VJP_OK && selection->file && list.count == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "%.200s holds no case", selection->file);
    if (status == VJP_OK)
        filter(selection, &list);
    if (status == VJP_OK && selection->file)
        status = check_written(targets, &list, error);
    if (status != VJP_OK) {
        vjp_case_list_clear(&list);
        vjp_gaps_clear(&found);
        return status;
    }
    *out = list;
    if (gaps)
        *gaps = found;
    return VJP_OK;
}
