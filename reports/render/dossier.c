/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/dossier.h"

#include "reports/render/json.h"

#include <stdlib.h>
#include <string.h>

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

static void clear_group(struct vjp_dossier_group *group)
{
    free(group->target);
    free(group->layer);
    free(group->dtype);
    for (int i = 0; i < group->n_shown; i++)
        free(group->shown[i].line);
}

static bool is_of(const struct vjp_dossier_group *group, const struct vjp_record *record)
{
    return group->verdict == record->verdict && strcmp(group->target, record->target) == 0 &&
           strcmp(group->dtype, record->dtype) == 0;
}

/* The record's group, made where there is none; NULL where memory has ended. */
static struct vjp_dossier_group *need_group(struct vjp_dossier *dossier,
                                            const struct vjp_record *record)
{
    for (int i = 0; i < dossier->n_groups; i++) {
        if (is_of(&dossier->group[i], record))
            return &dossier->group[i];
    }
    struct vjp_dossier_group *grown =
        realloc(dossier->group, ((size_t)dossier->n_groups + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    dossier->group = grown;
    struct vjp_dossier_group group = {.target = strdup(record->target),
                                      .layer = strdup(record->layer),
                                      .dtype = strdup(record->dtype),
                                      .verdict = record->verdict};
    if (!group.target || !group.layer || !group.dtype) {
        clear_group(&group);
        return NULL;
    }
    grown[dossier->n_groups] = group;
    return &grown[dossier->n_groups++];
}

/* Of equally small cases the first stays. */
static enum vjp_status keep(struct vjp_dossier_group *group, const struct vjp_record *record,
                            struct vjp_error *error)
{
    struct vjp_text line = {0};
    int at = group->n_shown;
    while (at > 0 && record->elements < group->shown[at - 1].elements)
        at--;
    if (at == VJP_DOSSIER_SHOWN)
        return VJP_OK;
    const enum vjp_status status = vjp_json_record_text(record, &line, error);
    if (status != VJP_OK) {
        vjp_text_clear(&line);
        return status;
    }
    if (group->n_shown == VJP_DOSSIER_SHOWN)
        free(group->shown[--group->n_shown].line);
    memmove(&group->shown[at + 1], &group->shown[at],
            (size_t)(group->n_shown - at) * sizeof *group->shown);
    group->shown[at] =
        (struct vjp_dossier_failure){.line = line.data, .elements = record->elements};
    group->n_shown++;
    return VJP_OK;
}

enum vjp_status vjp_dossier_add(struct vjp_dossier *dossier, const struct vjp_record *record,
                                struct vjp_error *error)
{
    if (!record->ran || !vjp_verdict_is_failure(record->verdict))
        return VJP_OK;
    struct vjp_dossier_group *group = need_group(dossier, record);
    if (!group)
        return fail_memory(error);
    group->count++;
    return keep(group, record, error);
}

/* Takes over the text. */
static enum vjp_status add_line(char ***lines, int *count, struct vjp_text *line,
                                enum vjp_status status, struct vjp_error *error)
{
    char **grown = status == VJP_OK ? realloc(*lines, ((size_t)*count + 1) * sizeof *grown) : NULL;
    if (grown) {
        *lines = grown;
        grown[(*count)++] = line->data;
        return VJP_OK;
    }
    vjp_text_clear(line);
    return status == VJP_OK ? fail_memory(error) : status;
}

enum vjp_status vjp_dossier_add_run(struct vjp_dossier *dossier, const struct vjp_run_info *run,
                                    struct vjp_error *error)
{
    struct vjp_text line = {0};
    const enum vjp_status status = vjp_json_run_text(run, &line, error);
    return add_line(&dossier->run, &dossier->n_runs, &line, status, error);
}

/* A find that is there already, as where a file is named twice, is left out. */
enum vjp_status vjp_dossier_add_find(struct vjp_dossier *dossier,
                                     const struct vjp_find_record *find, struct vjp_error *error)
{
    struct vjp_text line = {0};
    const enum vjp_status status = vjp_find_text(find, &line, error);
    for (int i = 0; i < dossier->n_finds && status == VJP_OK; i++) {
        if (strcmp(dossier->find[i], line.data) == 0) {
            vjp_text_clear(&line);
            return VJP_OK;
        }
    }
    return add_line(&dossier->find, &dossier->n_finds, &line, status, error);
}

enum vjp_status vjp_dossier_add_other(struct vjp_dossier *dossier, const char *type,
                                      struct vjp_error *error)
{
    for (int i = 0; i < dossier->n_others; i++) {
        if (strcmp(dossier->other[i].type, type) == 0) {
            dossier->other[i].count++;
            return VJP_OK;
        }
    }
    struct vjp_dossier_other *grown =
        realloc(dossier->other, ((size_t)dossier->n_others + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    dossier->other = grown;
    grown[dossier->n_others] = (struct vjp_dossier_other){.type = strdup(type), .count = 1};
    if (!grown[dossier->n_others].type)
        return fail_memory(error);
    dossier->n_others++;
    return VJP_OK;
}

static void clear_lines(char **lines, int count)
{
    for (int i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
}

void vjp_dossier_clear(struct vjp_dossier *dossier)
{
    for (int i = 0; i < dossier->n_groups; i++)
        clear_group(&dossier->group[i]);
    for (int i = 0; i < dossier->n_others; i++)
        free(dossier->other[i].type);
    clear_lines(dossier->run, dossier->n_runs);
    clear_lines(dossier->find, dossier->n_finds);
    free(dossier->group);
    free(dossier->other);
    *dossier = (struct vjp_dossier){0};
}
