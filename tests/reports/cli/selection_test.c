/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/selection.h"

#include "cases/gen/suite.h"
#include "cases/spec/pipeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One kernel for f32 and f64. */
static const struct vjp_plugin_info info = {
    .name = "plug",
    .n_kernels = 1,
    .kernel = {
        {.name = "kern", .layer = "linear", .has_model = {[VJP_F32] = true, [VJP_F64] = true}}}};
static struct vjp_target target = {.info = &info, .selected = {true}};
static const struct vjp_targets targets = {.target = &target, .count = 1};

static int64_t count_of(const struct vjp_case_list *list, enum vjp_dtype dtype)
{
    int64_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->cases[i].dtype == dtype;
    return count;
}

static void read_into(struct vjp_case_list *list, const struct vjp_selection *selection)
{
    struct vjp_error error = {""};
    *list = (struct vjp_case_list){0};
    cr_assert_eq(vjp_selection_read(selection, &targets, list, NULL, &error), VJP_OK, "%s",
                 error.text);
}

Test(selection, cases_are_generated_for_what_is_served)
{
    struct vjp_case_list none;
    struct vjp_case_list some;
    read_into(&none, &(struct vjp_selection){.dtype = -1, .seed = 1, .count = 0});
    read_into(&some, &(struct vjp_selection){.dtype = -1, .seed = 1, .count = 5});
    cr_expect_gt(none.count, 0); /* the pinned ones */
    cr_expect_eq(count_of(&some, VJP_F32), count_of(&none, VJP_F32) + 5);
    cr_expect_eq(count_of(&some, VJP_F64), count_of(&none, VJP_F64) + 5);
    cr_expect_eq(count_of(&some, VJP_F16), count_of(&none, VJP_F16));
    vjp_case_list_clear(&none);
    vjp_case_list_clear(&some);
}

Test(selection, a_dtype_or_layer_filters_all_of_them)
{
    struct vjp_case_list list;
    read_into(&list, &(struct vjp_selection){
                         .dtype = VJP_F64, .count = 3, .layer = vjp_spec_find("linear")});
    cr_expect_gt(list.count, 3);
    cr_expect_eq(count_of(&list, VJP_F64), (int64_t)list.count);
    vjp_case_list_clear(&list);
    const struct vjp_spec other = {.name = "other"};
    read_into(&list, &(struct vjp_selection){.dtype = -1, .count = 3, .layer = &other});
    cr_expect_eq(list.count, 0);
    vjp_case_list_clear(&list);
}

/* Who exports asks no kernel. */
Test(selection, without_targets_everything_is_generated)
{
    const struct vjp_selection selection = {.dtype = VJP_BF16, .seed = 1, .count = 2};
    struct vjp_selection none = selection;
    struct vjp_case_list with;
    struct vjp_case_list without;
    struct vjp_error error = {""};
    int layers = 0;
    none.count = 0;
    while (vjp_specs[layers])
        layers++;
    cr_assert_eq(vjp_selection_read(&selection, NULL, &with, NULL, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_selection_read(&none, NULL, &without, NULL, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(with.count, without.count + 2 * (size_t)layers);
    vjp_case_list_clear(&with);
    vjp_case_list_clear(&without);
}

Test(selection, a_pipeline_is_generated_where_it_is_asked_for)
{
    struct vjp_selection selection = {.dtype = VJP_F32, .seed = 1, .count = 3};
    struct vjp_case_list list;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_pipeline_find("linear|relu|square", &selection.layer, &error), VJP_OK);
    cr_assert_eq(vjp_selection_read(&selection, NULL, &list, NULL, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(list.count, 3);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(list.cases[i].spec, selection.layer);
    vjp_case_list_clear(&list);
}

Test(selection, a_file_takes_the_place_of_everything)
{
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    const int fd = mkstemp(path);
    struct vjp_case_list list;
    struct vjp_error error = {""};
    cr_assert_geq(fd, 0);
    dprintf(fd, "linear dtype=f32 N=1 D=1 M=1\nlinear dtype=f64 N=1 D=1 M=1\n");
    read_into(&list, &(struct vjp_selection){.dtype = -1, .count = 3, .file = path});
    cr_expect_eq(list.count, 2);
    vjp_case_list_clear(&list);
    dprintf(fd, "linear dtype=f99\n");
    cr_expect_eq(vjp_selection_read(&(struct vjp_selection){.dtype = -1, .file = path}, &targets,
                                    &list, NULL, &error),
                 VJP_ERR_USAGE);
    cr_expect(strstr(error.text, ":3: ") != NULL, "%s", error.text);
    close(fd);
    unlink(path);
}

Test(selection, a_file_without_a_case_is_refused)
{
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    const int fd = mkstemp(path);
    const struct vjp_selection selection = {.dtype = -1, .count = 3, .file = path};
    struct vjp_case_list list = {.count = 42};
    struct vjp_error error = {""};
    char expected[64];
    cr_assert_geq(fd, 0);
    snprintf(expected, sizeof expected, "%s holds no case", path);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(vjp_selection_read(&selection, &targets, &list, NULL, &error), VJP_ERR_USAGE);
        cr_expect_str_eq(error.text, expected);
        cr_expect_eq(list.count, 42, "the output is untouched");
        dprintf(fd, "# a comment\n\n");
    }
    close(fd);
    unlink(path);
}

Test(selection, the_seed_decides)
{
    struct vjp_case_list a;
    struct vjp_case_list b;
    struct vjp_case_list c;
    read_into(&a, &(struct vjp_selection){.dtype = VJP_F32, .seed = 1, .count = 2});
    read_into(&b, &(struct vjp_selection){.dtype = VJP_F32, .seed = 1, .count = 2});
    read_into(&c, &(struct vjp_selection){.dtype = VJP_F32, .seed = 2, .count = 2});
    cr_assert_eq(a.count, b.count);
    cr_expect(vjp_case_is_equal(&a.cases[a.count - 1], &b.cases[b.count - 1]));
    cr_expect_not(vjp_case_is_equal(&a.cases[a.count - 1], &c.cases[c.count - 1]));
    vjp_case_list_clear(&a);
    vjp_case_list_clear(&b);
    vjp_case_list_clear(&c);
}

Test(selection, a_written_case_that_no_stage_takes_is_an_error)
{
    static const char line[] = "linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[-3] dy=[1]";
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    const int fd = mkstemp(path);
    const struct vjp_selection selection = {.dtype = -1, .file = path};
    struct vjp_case_list list = {.count = 42};
    struct vjp_error error = {""};
    char expected[256];
    cr_assert_geq(fd, 0);
    dprintf(fd, "linear dtype=f32 N=1 D=1 M=1\n%s\n", line);
    cr_expect_eq(vjp_selection_read(&selection, NULL, &list, NULL, &error), VJP_ERR_USAGE);
    snprintf(
        expected, sizeof expected,
        "%s: 2.x[0,0]=-6, the output of stage 1 (linear): expected a finite number greater than 0",
        line);
    cr_expect_str_eq(error.text, expected);
    cr_expect_eq(list.count, 42, "the output is untouched");
    /* No selected kernel serves it. */
    read_into(&list, &selection);
    cr_expect_eq(list.count, 2);
    vjp_case_list_clear(&list);
    close(fd);
    unlink(path);
}

/* A plug-in of three kernels, one of them for a pipeline that no sizes fit: one element is no pair. */
Test(selection, what_cannot_be_generated_is_told_and_keeps_nothing_else_from_it)
{
    static const struct vjp_plugin_info three = {
        .name = "three",
        .n_kernels = 3,
        .kernel = {
            {.name = "a", .layer = "mse | relu6", .has_model = {[VJP_F32] = true}},
            {.name = "b", .layer = "mse | rope", .has_model = {[VJP_F32] = true, [VJP_F64] = true}},
            {.name = "c", .layer = "linear | rope", .has_model = {[VJP_F32] = true}}}};
    struct vjp_target plugin = {.info = &three, .selected = {true, true, true}};
    const struct vjp_targets one = {.target = &plugin, .count = 1};
    const struct vjp_selection selection = {.dtype = -1, .seed = 1, .count = 5};
    struct vjp_case_list list = {0};
    struct vjp_gaps gaps = {0};
    struct vjp_error error = {""};
    int64_t generated = 0;
    cr_assert_eq(vjp_selection_read(&selection, &one, &list, &gaps, &error), VJP_OK, "%s",
                 error.text);
    for (size_t i = 0; i < list.count; i++)
        generated += list.cases[i].spec == vjp_spec_find("linear | rope");
    cr_expect_eq(generated, 5);
    cr_assert_eq(gaps.count, 2);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(gaps.gap[i].c.spec, vjp_spec_find("mse | rope"));
        cr_expect_eq(gaps.gap[i].c.dtype, i == 0 ? VJP_F32 : VJP_F64);
        cr_expect_eq(strncmp(gaps.gap[i].why.text, "5 of 5 generated cases: ", 24), 0, "%s",
                     gaps.gap[i].why.text);
        cr_expect_not_null(strstr(gaps.gap[i].why.text, "stage 2 (rope): "));
    }
    vjp_case_list_clear(&list);
    vjp_gaps_clear(&gaps);
    cr_expect_eq(gaps.count, 0);
    cr_expect_eq(vjp_selection_read(&selection, &one, &list, NULL, &error), VJP_ERR_USAGE,
                 "who has no place for them gets the error");
}
