/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/fixture.h"

Test(record, totals_count_every_verdict_once)
{
    struct vjp_totals totals = {0};
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        const struct vjp_record record = make_record("a:b", "f32", (enum vjp_verdict)v, 1);
        vjp_totals_add(&totals, &record);
        cr_expect_eq(totals.verdict[v], 1);
    }
    struct vjp_record left_out = make_record("a:b", "f32", VJP_VERDICT_EXACT, 1);
    left_out.ran = false;
    vjp_totals_add(&totals, &left_out);
    cr_expect_eq(totals.checks, 15);
    cr_expect_eq(totals.not_run, 1);
    cr_expect_eq(totals.verdict[VJP_VERDICT_EXACT], 1);
    cr_expect_eq(vjp_totals_failed(&totals), 10);
    cr_expect_eq(vjp_totals_conclusive(&totals), 12);
    cr_expect_str_eq(vjp_record_verdict(&left_out), "not_run");
}
