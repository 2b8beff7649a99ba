/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const struct vjp_bench_result *a, const struct vjp_bench_result *b)
{
    return a->threads == b->threads && strcmp(a->line, b->line) == 0 &&
           strcmp(a->target, b->target) == 0;
}

static const struct vjp_bench_result *find(const struct vjp_bench_result *list, size_t count,
                                           const struct vjp_bench_result *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same(&list[i], wanted))
            return &list[i];
    }
    return NULL;
}

static enum vjp_status check_unique(const char *which, const struct vjp_bench_result *list,
                                    size_t count, struct vjp_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (find(list, i, &list[i]))
            return vjp_fail(error, VJP_ERR_USAGE, "the %s file has two results of %s on %s", which,
                            list[i].target, list[i].line);
    }
    return VJP_OK;
}

static struct vjp_comparison pair(const struct vjp_bench_result *before,
                                  const struct vjp_bench_result *after)
{
    struct vjp_comparison c = {
        .before = before, .after = after, .ratio = NAN, .low = NAN, .high = NAN, .peak_ratio = NAN};
    const bool had = before && before->timed;
    const bool has = after && after->timed;
    if (had != has)
        c.change = has ? VJP_CHANGE_GAINED : VJP_CHANGE_LOST;
    if (!had || !has)
        return c;
    c.ratio = before->time.median / after->time.median;
    c.low = before->time.low / after->time.high;
    c.high = before->time.high / after->time.low;
    c.peak_ratio = vjp_bench_of_peak(after) / vjp_bench_of_peak(before);
    const double scale = isnan(c.peak_ratio) ? 1 : c.peak_ratio / c.ratio;
    if (c.low > 1 && c.low * scale > 1)
        c.change = VJP_CHANGE_FASTER;
    else if (c.high < 1 && c.high * scale < 1)
        c.change = VJP_CHANGE_SLOWER;
    return c;
}

enum vjp_status vjp_compare(const struct vjp_bench_result *before, size_t n_before,
                            const struct vjp_bench_result *after, size_t n_after,
                            struct vjp_comparison **out, size_t *count, struct vjp_error *error)
{
    enum vjp_status status = check_unique("old", before, n_before, error);
    if (status == VJP_OK)
        status = check_unique("new", after, n_after, error);
    if (status != VJP_OK)
        return status;
    struct vjp_comparison *all = calloc(n_before + n_after + 1, sizeof *all);
    size_t n = 0;
    if (!all)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a comparison");
    for (size_t i = 0; i < n_after; i++)
        all[n++] = pair(find(before, n_before, &after[i]), &after[i]);
    for (size_t i = 0; i < n_before; i++) {
        if (!find(after, n_after, &before[i]))
            all[n++] = pair(&before[i], NULL);
    }
    *out = all;
    *count = n;
    return VJP_OK;
}

bool vjp_comparison_is_below(const struct vjp_comparison *comparison, double least)
{
    return comparison->change == VJP_CHANGE_LOST ||
           (comparison->ratio < least && !(comparison->peak_ratio >= least));
}
