/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/record.h"

void vjp_totals_add(struct vjp_totals *totals, const struct vjp_record *record)
{
    totals->checks++;
    if (record->ran)
        totals->verdict[record->verdict]++;
    else if (record->left_out)
        totals->left_out++;
    else
        totals->not_run++;
    totals->by_rows += record->ran && record->rows;
}

int64_t vjp_totals_failed(const struct vjp_totals *totals)
{
    int64_t failed = 0;
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (vjp_verdict_is_failure((enum vjp_verdict)v))
            failed += totals->verdict[v];
    }
    return failed;
}

int64_t vjp_totals_conclusive(const struct vjp_totals *totals)
{
    return vjp_totals_failed(totals) + totals->verdict[VJP_VERDICT_EXACT] +
           totals->verdict[VJP_VERDICT_PASS];
}

const char *vjp_record_verdict(const struct vjp_record *record)
{
    if (record->ran)
        return vjp_verdict_name(record->verdict);
    return record->left_out ? "left_out" : "not_run";
}

const char *vjp_record_settled_name(enum vjp_settled_by by)
{
    static const char *const names[] = {
        [VJP_SETTLED_FILTER] = "filter",
        [VJP_SETTLED_PRODUCT] = "product",
        [VJP_SETTLED_ACCUMULATOR] = "accumulator",
        [VJP_SETTLED_SPECIAL] = "special",
    };
    return names[by];
}
