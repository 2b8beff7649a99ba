/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/summary.h"

#include "cases/base/stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_summary_row *find_row(struct vjp_summary *summary,
                                        const struct vjp_record *record)
{
    for (int i = 0; i < summary->n_rows; i++) {
        struct vjp_summary_row *row = &summary->rows[i];
        if (strcmp(row->target, record->target) == 0 && strcmp(row->dtype, record->dtype) == 0)
            return row;
    }
    return NULL;
}

static void clear_row(struct vjp_summary_row *row)
{
    free(row->target);
    free(row->layer);
    free(row->dtype);
    for (int i = 0; i < row->n_declines; i++)
        free(row->declines[i].reason);
    free(row->declines);
    free(row->left_out);
}

/* Behind the other rows of the same kernel. NULL where memory has ended. */
static struct vjp_summary_row *add_row(struct vjp_summary *summary, const struct vjp_record *record)
{
    struct vjp_summary_row *rows =
        realloc(summary->rows, ((size_t)summary->n_rows + 1) * sizeof *rows);
    if (!rows)
        return NULL;
    summary->rows = rows;
    int at = summary->n_rows;
    for (int i = 0; i < summary->n_rows; i++) {
        if (strcmp(rows[i].target, record->target) == 0)
            at = i + 1;
    }
    struct vjp_summary_row row = (struct vjp_summary_row){.target = strdup(record->target),
                                                          .layer = strdup(record->layer),
                                                          .dtype = strdup(record->dtype)};
    if (!row.target || !row.layer || !row.dtype) {
        clear_row(&row);
        return NULL;
    }
    memmove(&rows[at + 1], &rows[at], (size_t)(summary->n_rows - at) * sizeof *rows);
    rows[at] = row;
    summary->n_rows++;
    return &rows[at];
}

/* The larger one; NaN is larger than anything, so that it is seen. */
static double worse(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

/* The index of the reason in the row, where it is put if it is new; -1 where memory has ended. */
static int need_decline(struct vjp_summary_row *row, const char *reason)
{
    for (int i = 0; i < row->n_declines; i++) {
        if (strcmp(row->declines[i].reason, reason) == 0)
            return i;
    }
    struct vjp_summary_decline *declines =
        realloc(row->declines, ((size_t)row->n_declines + 1) * sizeof *declines);
    if (!declines)
        return -1;
    row->declines = declines;
    declines[row->n_declines] = (struct vjp_summary_decline){.reason = strdup(reason)};
    return declines[row->n_declines].reason ? row->n_declines++ : -1;
}

static bool add_decline(struct vjp_summary_row *row, const struct vjp_record *record)
{
    int at = need_decline(row, record->reason[0] ? record->reason : "no reason given");
    if (at < 0)
        return false;
    struct vjp_summary_decline decline = row->declines[at];
    decline.count++;
    for (; at > 0 && row->declines[at - 1].count < decline.count; at--)
        row->declines[at] = row->declines[at - 1];
    row->declines[at] = decline;
    return true;
}

/* Of the bytes of a text, by the SplitMix64 finalizer. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0;
    for (; *text; text++)
        hash = vjp_mix64(hash + (unsigned char)*text + 1);
    return hash;
}

static bool add_to_row(struct vjp_summary_row *row, const struct vjp_record *record)
{
    vjp_totals_add(&row->totals, record);
    row->asked += hash_text(record->line);
    for (int i = 0; i < record->n_gradients; i++) {
        if (record->gradient[i].compared == 0)
            continue;
        row->worst_ulp = worse(record->gradient[i].worst_ulp, row->worst_ulp);
        row->worst_ratio = worse(record->gradient[i].worst_ratio, row->worst_ratio);
        row->measured = true;
    }
    if (record->left_out && !row->left_out) {
        row->left_out = strdup(record->reason);
        return row->left_out != NULL;
    }
    return !record->ran || record->verdict != VJP_VERDICT_UNSUPPORTED || add_decline(row, record);
}

static struct vjp_summary_group *find_group(struct vjp_summary *summary,
                                            const struct vjp_record *record)
{
    for (int i = 0; i < summary->n_groups; i++) {
        struct vjp_summary_group *group = &summary->groups[i];
        if (strcmp(group->target, record->target) == 0 && group->verdict == record->verdict)
            return group;
    }
    return NULL;
}

static struct vjp_summary_group *add_group(struct vjp_summary *summary,
                                           const struct vjp_record *record)
{
    struct vjp_summary_group *groups =
        realloc(summary->groups, ((size_t)summary->n_groups + 1) * sizeof *groups);
    if (!groups)
        return NULL;
    summary->groups = groups;
    struct vjp_summary_group *group = &groups[summary->n_groups];
    *group =
        (struct vjp_summary_group){.target = strdup(record->target), .verdict = record->verdict};
    if (!group->target)
        return NULL;
    summary->n_groups++;
    return group;
}

static void clear_failure(struct vjp_summary_failure *failure)
{
    free(failure->reason);
    free(failure->replay);
}

/* Keeps the record if it is among the smallest; of equal ones the first stays. */
static bool add_to_group(struct vjp_summary_group *group, const struct vjp_record *record)
{
    int at = group->n_shown;
    while (at > 0 && record->elements < group->shown[at - 1].elements)
        at--;
    group->count++;
    if (at == VJP_SUMMARY_SHOWN)
        return true;
    struct vjp_summary_failure failure = {.reason = strdup(record->reason),
                                          .replay = strdup(record->replay),
                                          .elements = record->elements};
    if (!failure.reason || !failure.replay) {
        clear_failure(&failure);
        return false;
    }
    if (group->n_shown == VJP_SUMMARY_SHOWN)
        clear_failure(&group->shown[--group->n_shown]);
    memmove(&group->shown[at + 1], &group->shown[at],
            (size_t)(group->n_shown - at) * sizeof *group->shown);
    group->shown[at] = failure;
    group->n_shown++;
    return true;
}

enum vjp_status vjp_summary_add(struct vjp_summary *summary, const struct vjp_record *record,
                                struct vjp_error *error)
{
    struct vjp_summary_row *row = find_row(summary, record);
    if (!row)
        row = add_row(summary, record);
    if (!row)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_totals_add(&summary->totals, record);
    if (!add_to_row(row, record))
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (!record->ran || !vjp_verdict_is_failure(record->verdict))
        return VJP_OK;
    struct vjp_summary_group *group = find_group(summary, record);
    if (!group)
        group = add_group(summary, record);
    if (!group || !add_to_group(group, record))
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    return VJP_OK;
}

void vjp_summary_clear(struct vjp_summary *summary)
{
    for (int i = 0; i < summary->n_rows; i++)
        clear_row(&summary->rows[i]);
    for (int i = 0; i < summary->n_groups; i++) {
        for (int j = 0; j < summary->groups[i].n_shown; j++)
            clear_failure(&summary->groups[i].shown[j]);
        free(summary->groups[i].target);
    }
    free(summary->rows);
    free(summary->groups);
    *summary = (struct vjp_summary){0};
}

int vjp_summary_kernels(const struct vjp_summary *summary)
{
    int kernels = 0;
    for (int i = 0; i < summary->n_rows; i++) {
        bool seen = false;
        for (int j = 0; j < i; j++)
            seen = seen || strcmp(summary->rows[i].target, summary->rows[j].target) == 0;
        kernels += !seen;
    }
    return kernels;
}

const char *vjp_totals_worst(const struct vjp_totals *totals)
{
    for (int v = VJP_VERDICT_COUNT - 1; v >= 0; v--) {
        if (totals->verdict[v] > 0)
            return vjp_verdict_name((enum vjp_verdict)v);
    }
    return totals->not_run > 0 ? "not run" : "left out";
}

enum vjp_summary_state vjp_summary_state(const struct vjp_summary *summary, int incomplete)
{
    if (vjp_totals_failed(&summary->totals) > 0)
        return VJP_SUMMARY_FAILED;
    if (vjp_totals_conclusive(&summary->totals) == 0)
        return VJP_SUMMARY_NOTHING;
    return incomplete > 0 ? VJP_SUMMARY_INCOMPLETE : VJP_SUMMARY_SOUND;
}

const char *vjp_summary_state_name(enum vjp_summary_state state)
{
    static const char *const names[] = {[VJP_SUMMARY_SOUND] = "sound",
                                        [VJP_SUMMARY_FAILED] = "failed",
                                        [VJP_SUMMARY_NOTHING] = "nothing was tested",
                                        [VJP_SUMMARY_INCOMPLETE] = "incomplete"};
    return names[state];
}

/* The kernels that failed at least once. */
static int count_failed_kernels(const struct vjp_summary *summary)
{
    int failed = 0;
    for (int i = 0; i < summary->n_groups; i++) {
        bool seen = false;
        for (int j = 0; j < i; j++)
            seen |= strcmp(summary->groups[i].target, summary->groups[j].target) == 0;
        failed += !seen;
    }
    return failed;
}

void vjp_summary_headline(const struct vjp_summary *summary, int incomplete, struct vjp_text *out)
{
    const struct vjp_totals *t = &summary->totals;
    const int kernels = vjp_summary_kernels(summary), failed = count_failed_kernels(summary);
    const int64_t silent = t->checks - vjp_totals_conclusive(t);
    if (failed > 0)
        vjp_text_add(out, "%d of %d kernel%s failed, in %" PRId64 " of %" PRId64 " checks.", failed,
                     kernels, kernels == 1 ? "" : "s", vjp_totals_failed(t), t->checks);
    else if (vjp_totals_conclusive(t) == 0)
        vjp_text_add(out, "No check said anything of a kernel: %" PRId64 " were asked for.",
                     t->checks);
    else
        vjp_text_add(out, "%d kernel%s passed all of %" PRId64 " checks that say something.",
                     kernels, kernels == 1 ? "" : "s", vjp_totals_conclusive(t));
    const struct {
        int64_t count;
        const char *word;
    } kinds[] = {{t->verdict[VJP_VERDICT_VACUOUS], "vacuous"},
                 {t->verdict[VJP_VERDICT_UNSUPPORTED], "unsupported"},
                 {t->not_run, "not run"},
                 {t->left_out, "left out"}};
    const char *between = ":";
    if (silent > 0)
        vjp_text_add(out, " %" PRId64 " said nothing", silent);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].count == 0)
            continue;
        vjp_text_add(out, "%s %" PRId64 " %s", between, kinds[i].count, kinds[i].word);
        between = ",";
    }
    vjp_text_add(out, "%s", silent > 0 ? "." : "");
    if (incomplete > 0)
        vjp_text_add(out, " %d run%s did not come to the end.", incomplete,
                     incomplete == 1 ? "" : "s");
}
