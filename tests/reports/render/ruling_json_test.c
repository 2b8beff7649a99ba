/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/ruling_json.h"

#include "tests/reports/render/rulings.h"

#include <unistd.h>

/* What is written is read again: every level, infinities, gaps. */
Test(ruling_json, is_read_as_it_was_written)
{
    char path[] = "/tmp/vjpcheck-ruling-XXXXXX";
    struct vjp_sink sink = {0};
    struct vjp_error error = {""};
    struct vjp_ruling_table table = {0};
    close(mkstemp(path));
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    for (int i = 0; i < N_RULINGS; i++)
        cr_assert_eq(vjp_ruling_write(&sink, &rulings[i], &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    cr_assert_eq(vjp_ruling_table_read(&table, path, &error), VJP_OK, "%s", error.text);
    unlink(path);
    cr_assert_eq(table.count, N_RULINGS);
    const struct vjp_ruling *r = &table.ruling[1];
    cr_expect_str_eq(r->kernel, "lost");
    cr_expect_str_eq(r->example, "linear dtype=f32");
    cr_expect(r->defect && r->count == 3 && r->at == 64);
    cr_expect(r->answer[0].shows && !r->answer[2].shows);
    cr_expect(r->answer[0].size == 1e7 && isinf(r->answer[1].size));
    cr_expect_eq(r->answer[0].ours, 7);
    cr_expect_eq(r->answer[1].ours, VJP_LEVEL_NEVER);
    cr_expect_eq(r->answer[2].ours, VJP_LEVEL_NONE);
    cr_expect_eq(r->answer[0].level[1], -40);
    cr_expect_str_eq(table.ruling[2].why, "too large");
    cr_expect_eq(table.ruling[2].count, 0);
    const struct vjp_ruling_totals t = vjp_ruling_table_count(&table);
    cr_expect(t.right == 2 && t.refused == 1 && t.defects == 2 && t.through == 0 && t.silent == 1 &&
              t.gaps == 1 && t.failed == 1);
    vjp_ruling_table_clear(&table);
}

Test(ruling_json, what_lacks_something_is_refused)
{
    static const char *const lines[] = {
        "{", "{\"type\":\"ruling\"}",
        "{\"type\":\"ruling\",\"key\":\"k\",\"kernel\":\"k\",\"layer\":\"l\",\"dtype\":\"f32\","
        "\"gradient\":\"dx\",\"values\":\"v\",\"axis\":\"K\",\"at\":1,\"case\":\"c\",\"shows\":["
        "true],"
        "\"size\":[1],\"ours\":[41],\"rules\":{}}"};
    struct vjp_error error;
    struct vjp_ruling_table table = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_eq(vjp_ruling_table_add(&table, lines[i], &error), VJP_ERR_USAGE, "%zu", i);
    cr_expect_not_null(strstr(error.text, "\"ours\""), "%s", error.text);
    cr_expect_eq(vjp_ruling_table_add(&table, "{\"type\":\"summary\"}", &error), VJP_OK);
    cr_expect_eq(table.count, 0);
    vjp_ruling_table_clear(&table);
}
