/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_pool_group *need_group(struct vjp_pool *pool, const char *target,
                                         enum vjp_dtype dtype)
{
    for (int i = 0; i < pool->n_groups; i++) {
        if (pool->group[i].dtype == dtype && strcmp(pool->group[i].target, target) == 0)
            return &pool->group[i];
    }
    struct vjp_pool_group *grown =
        realloc(pool->group, ((size_t)pool->n_groups + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    pool->group = grown;
    grown[pool->n_groups] = (struct vjp_pool_group){.target = strdup(target), .dtype = dtype};
    return grown[pool->n_groups].target ? &grown[pool->n_groups++] : NULL;
}

enum vjp_status vjp_pool_add(struct vjp_pool *pool, const char *target, const struct vjp_case *c,
                             double ratio, struct vjp_error *error)
{
    struct vjp_case copy = {0};
    if (!(isfinite(ratio) && ratio > 0))
        return VJP_OK;
    struct vjp_pool_group *group = need_group(pool, target, c->dtype);
    if (!group)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the worst cases");
    int at = group->count;
    while (at > 0 && ratio > group->entry[at - 1].ratio)
        at--;
    if (at == VJP_POOL_KEPT)
        return VJP_OK;
    const enum vjp_status status = vjp_case_copy(&copy, c, error);
    if (status != VJP_OK)
        return status;
    if (group->count == VJP_POOL_KEPT)
        vjp_case_clear(&group->entry[--group->count].c);
    memmove(&group->entry[at + 1], &group->entry[at],
            (size_t)(group->count - at) * sizeof *group->entry);
    group->entry[at] = (struct vjp_pool_entry){copy, ratio};
    group->count++;
    return VJP_OK;
}

void vjp_pool_clear(struct vjp_pool *pool)
{
    for (int i = 0; i < pool->n_groups; i++) {
        for (int k = 0; k < pool->group[i].count; k++)
            vjp_case_clear(&pool->group[i].entry[k].c);
        free(pool->group[i].target);
    }
    free(pool->group);
    *pool = (struct vjp_pool){0};
}
