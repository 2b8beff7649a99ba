/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study.h"

#include "reports/render/study_json.h"
#include "tests/e2e/shell.h"

static char folder[64];

static void make(void)
{
    make_folder(folder);
}

static void remove_all(void)
{
    remove_folder(folder);
}

TestSuite(study_sweeps, .init = make, .fini = remove_all);

/* The points of a study of the naive kernel in f32, which the program makes: workers start beside it only. */
static struct vjp_study_table run(const char *study, const char *sweep, const char *layer)
{
    struct vjp_study_table table = {0};
    struct vjp_error error = {""};
    char path[128];
    struct answer answer = sh("$V study %s naive --layer %s --dtype f32 --sweep %s --samples 1 "
                              "--seed 5 --out %s",
                              study, layer, sweep, folder);
    expect_code(&answer, 0);
    forget(&answer);
    snprintf(path, sizeof path, "%s/study.jsonl", folder);
    cr_assert_eq(vjp_study_table_read(&table, path, &error), VJP_OK, "%s", error.text);
    return table;
}

Test(study_sweeps, growth_has_a_point_for_each_gradient_kind_of_values_and_size)
{
    struct vjp_study_table table = run("growth", "K=8,16,32", "linear");
    cr_expect_eq(table.count, 3 * 2 * 3);
    for (int64_t i = 0; i < table.count; i++) {
        const struct vjp_study_point *p = &table.point[i];
        cr_expect_null(p->why);
        cr_expect_eq((double)p->figures.terms_max, p->size);
        cr_expect_eq(p->outside, 0);
        cr_expect(p->figures.omega.max <= p->size * p->u,
                  "k u S holds for every kernel that passes");
    }
    vjp_study_table_clear(&table);
}

Test(study_sweeps, a_dimension_by_its_name_is_swept_whether_it_is_summed_or_not)
{
    struct vjp_study_table table = run("growth", "M=4,8", "relu");
    cr_expect_eq(table.count, 4);
    cr_expect_null(table.point[0].why);
    vjp_study_table_clear(&table);
}

/* |error| / |g| <= k u cond / 2 + u |g| of the result. */
Test(study_sweeps, condition_has_errors_as_large_as_the_condition)
{
    struct vjp_study_table table = run("condition", "C=4096,2^20", "linear");
    int points = 0;
    for (int64_t i = 0; i < table.count; i++) {
        const struct vjp_study_point *p = &table.point[i];
        if (p->why)
            continue; /* db */
        points++;
        cr_expect(p->figures.condition.p50 > p->size / 4 && p->figures.condition.p50 < p->size * 4);
        cr_expect_leq(p->figures.relative.max, 64 * 0x1p-24 * p->figures.condition.max / 2);
        cr_expect_gt(p->figures.relative.max, 0x1p-24 * p->size / 16);
    }
    cr_expect_eq(points, 4);
    vjp_study_table_clear(&table);
}

/* The naive kernel sums f32 in f32, and more precise it is not. */
Test(study_sweeps, dtype_names_the_accumulation)
{
    struct vjp_study_table table = run("dtype", "K=256", "linear");
    cr_assert_gt(table.count, 0);
    for (int64_t i = 0; i < table.count; i++)
        cr_expect_str_eq(table.point[i].model, "f32");
    vjp_study_table_clear(&table);
}
