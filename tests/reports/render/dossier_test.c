/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/dossier.h"

#include "reports/render/stream.h"
#include "tests/reports/render/fixture.h"

static struct vjp_dossier dossier;
static struct vjp_error error;

static void clear(void)
{
    vjp_dossier_clear(&dossier);
}

TestSuite(dossier, .fini = clear);

/* The smallest are kept, of equal ones the first; the others are counted. */
Test(dossier, keeps_the_smallest_failures_of_each_kind)
{
    for (int i = 0; i < 3 * VJP_DOSSIER_SHOWN; i++) {
        struct vjp_record record =
            make_record("a:k", "f32", VJP_VERDICT_WRONG, 3 * VJP_DOSSIER_SHOWN - i / 2 * 2);
        char line[32];
        snprintf(line, sizeof line, "case %d", i);
        record.line = line;
        cr_assert_eq(vjp_dossier_add(&dossier, &record, &error), VJP_OK);
        record.verdict = VJP_VERDICT_PASS;
        cr_assert_eq(vjp_dossier_add(&dossier, &record, &error), VJP_OK);
    }
    struct vjp_record other = make_record("a:k", "f64", VJP_VERDICT_WRONG, 1);
    cr_assert_eq(vjp_dossier_add(&dossier, &other, &error), VJP_OK);
    cr_assert_eq(dossier.n_groups, 2);
    const struct vjp_dossier_group *group = &dossier.group[0];
    cr_expect_eq(group->count, 3 * VJP_DOSSIER_SHOWN);
    cr_assert_eq(group->n_shown, VJP_DOSSIER_SHOWN);
    for (int i = 1; i < group->n_shown; i++)
        cr_expect_leq(group->shown[i - 1].elements, group->shown[i].elements);
    struct vjp_stream_line line;
    cr_assert_eq(vjp_stream_read(group->shown[0].line, strlen(group->shown[0].line), &line, &error),
                 VJP_OK);
    cr_expect_str_eq(line.record.line, "case 34");
    vjp_stream_line_clear(&line);
}

Test(dossier, what_is_told_twice_is_kept_once)
{
    const struct vjp_find_record find = {.target = "t",
                                         .layer = "linear",
                                         .dtype = "f32",
                                         .verdict = VJP_VERDICT_WRONG,
                                         .line = "l"};
    const struct vjp_run_info run = {.version = "1"};
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(vjp_dossier_add_find(&dossier, &find, &error), VJP_OK);
        cr_assert_eq(vjp_dossier_add_other(&dossier, "plant", &error), VJP_OK);
        cr_assert_eq(vjp_dossier_add_run(&dossier, &run, &error), VJP_OK);
    }
    cr_assert_eq(vjp_dossier_add_other(&dossier, "rule", &error), VJP_OK);
    cr_expect_eq(dossier.n_finds, 1);
    cr_expect_eq(dossier.n_runs, 2, "two runs on one machine are two");
    cr_assert_eq(dossier.n_others, 2);
    cr_expect(dossier.other[0].count == 2 && strcmp(dossier.other[1].type, "rule") == 0);
}
