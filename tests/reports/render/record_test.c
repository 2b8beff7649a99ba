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
    struct vjp_record other = make_record("a:b", "f32", VJP_VERDICT_EXACT, 1);
    other.ran = false;
    vjp_totals_add(&totals, &other);
    cr_expect_eq(totals.checks, 15);
    cr_expect_eq(totals.not_run, 1);
    cr_expect_str_eq(vjp_record_verdict(&other), "not_run");
    other.left_out = true;
    vjp_totals_add(&totals, &other);
    cr_expect_eq(totals.checks, 16);
    cr_expect_eq(totals.not_run, 1);
    cr_expect_eq(totals.left_out, 1);
    cr_expect_str_eq(vjp_record_verdict(&other), "left_out");
    cr_expect_eq(totals.verdict[VJP_VERDICT_EXACT], 1);
    cr_expect_eq(vjp_totals_failed(&totals), 10);
    cr_expect_eq(vjp_totals_conclusive(&totals), 12);
}
