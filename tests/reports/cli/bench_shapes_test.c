/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_shapes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct vjp_plugin_info info = {
    .n_kernels = 3,
    .kernel = {{.name = "a", .layer = "linear", .has_model = {[VJP_F32] = true}},
               {.name = "b", .layer = "softmax", .has_model = {[VJP_F32] = true}},
               {.name = "c", .layer = "relu", .has_model = {[VJP_F32] = true}}}};
static struct vjp_target target = {.info = &info, .selected = {true, true, false}};
static const struct vjp_targets targets = {.target = &target, .count = 1};

static enum vjp_status read_shapes(const char *text, const char *layer, struct vjp_case_list *out,
                                   struct vjp_error *error)
{
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    if (!text)
        return vjp_bench_shapes_read(NULL, layer ? vjp_spec_find(layer) : NULL, &targets, out,
                                     error);
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    const enum vjp_status status =
        vjp_bench_shapes_read(path, layer ? vjp_spec_find(layer) : NULL, &targets, out, error);
    unlink(path);
    return status;
}

static int count(const struct vjp_case_list *list, const char *layer, enum vjp_dtype dtype)
{
    int n = 0;
    for (size_t i = 0; i < list->count; i++)
        n += strcmp(list->cases[i].spec->name, layer) == 0 && list->cases[i].dtype == dtype;
    return n;
}

/* Nobody serves f64; relu is not selected; softmax has one case, of some size. */
Test(bench_shapes, built_in_shapes_are_those_that_somebody_serves)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(read_shapes(NULL, NULL, &list, &error), VJP_OK, "%s", error.text);
    cr_expect_geq(count(&list, "linear", VJP_F32), 4);
    cr_expect_eq(count(&list, "softmax", VJP_F32), 1);
    cr_expect_eq(list.count,
                 (size_t)(count(&list, "linear", VJP_F32) + count(&list, "softmax", VJP_F32)));
    bool large = false;
    for (size_t i = 0; i < list.count; i++) {
        const struct vjp_case *c = &list.cases[i];
        cr_expect(!c->accumulate && c->threads == 1);
        if (c->spec == vjp_spec_find("linear"))
            large = large || (c->dim[0] == 64 && c->dim[1] == 4096 && c->dim[2] == 4096);
    }
    cr_expect(large);
    vjp_case_list_clear(&list);
    cr_assert_eq(read_shapes(NULL, "softmax", &list, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(list.count, 1);
    cr_expect_gt(vjp_case_work(&list.cases[0]), 4096);
    cr_expect_leq(vjp_case_work(&list.cases[0]), 16384);
    vjp_case_list_clear(&list);
}

/* A valid case in which no gradient is empty or 0 throughout. */
Test(bench_shapes, every_layer_has_one)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        struct vjp_plugin_info any = {.n_kernels = 1,
                                      .kernel = {{.name = "a", .has_model = {[VJP_F32] = true}}}};
        struct vjp_target only = {.info = &any, .selected = {true}};
        const struct vjp_targets one = {.target = &only, .count = 1};
        struct vjp_case_list list = {0};
        struct vjp_error error = {""};
        strcpy(any.kernel[0].layer, (*spec)->name);
        cr_assert_eq(vjp_bench_shapes_read(NULL, NULL, &one, &list, &error), VJP_OK, "%s: %s",
                     (*spec)->name, error.text);
        cr_expect_geq(list.count, 1);
        for (size_t i = 0; i < list.count; i++) {
            const struct vjp_case *c = &list.cases[i];
            cr_expect_eq(vjp_case_validate(c, &error), VJP_OK, "%s", error.text);
            cr_expect_not(vjp_case_is_flat(c), "%s", (*spec)->name);
            for (int d = 0; d < c->spec->n_dims; d++)
                cr_expect_gt(c->dim[d], 0, "%s", (*spec)->name);
        }
        vjp_case_list_clear(&list);
    }
}

Test(bench_shapes, a_file_replaces_them)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(read_shapes("linear dtype=f64 N=1 D=2 M=3\nlinear dtype=f32 N=1 D=2 M=3\n"
                             "relu dtype=f32 N=2 M=2\n",
                             NULL, &list, &error),
                 VJP_OK, "%s", error.text);
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.cases[0].dtype, VJP_F32);
    vjp_case_list_clear(&list);
}

Test(bench_shapes, what_cannot_be_timed_is_refused)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_expect_eq(read_shapes("relu dtype=f32 N=2 M=2\n", NULL, &list, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "nothing to time: no selected kernel serves any of the 1 shapes");
    cr_expect_eq(read_shapes(NULL, "relu", &list, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "shapes of that layer"), "%s", error.text);
    cr_expect_eq(read_shapes("linear dtype=f32 N=1 D=2 M=3 accumulate=1\n", NULL, &list, &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "expected accumulate=0"), "%s", error.text);
    cr_expect_eq(read_shapes("liner\n", NULL, &list, &error), VJP_ERR_USAGE);
    cr_expect_eq(list.count, 0);
}
