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

static enum vjp_status read_more(const char *text, const char *layer, bool threads_given,
                                 struct vjp_bench_shapes *out, struct vjp_error *error)
{
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    struct vjp_bench_shapes_ask ask = {.layer = layer ? vjp_spec_find(layer) : NULL,
                                       .targets = &targets,
                                       .threads_given = threads_given};
    if (!text)
        return vjp_bench_shapes_read(&ask, out, error);
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    ask.file = path;
    const enum vjp_status status = vjp_bench_shapes_read(&ask, out, error);
    unlink(path);
    return status;
}

static enum vjp_status read_shapes(const char *text, const char *layer,
                                   struct vjp_bench_shapes *out, struct vjp_error *error)
{
    return read_more(text, layer, false, out, error);
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
    struct vjp_bench_shapes shapes = {0};
    const struct vjp_case_list *list = &shapes.cases;
    struct vjp_error error = {""};
    cr_assert_eq(read_shapes(NULL, NULL, &shapes, &error), VJP_OK, "%s", error.text);
    cr_expect_geq(count(list, "linear", VJP_F32), 4);
    cr_expect_eq(count(list, "softmax", VJP_F32), 1);
    cr_expect_eq(list->count,
                 (size_t)(count(list, "linear", VJP_F32) + count(list, "softmax", VJP_F32)));
    cr_expect_eq(shapes.n_skips, 0);
    bool large = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct vjp_case *c = &list->cases[i];
        cr_expect(!c->accumulate && c->threads == 1);
        if (c->spec == vjp_spec_find("linear"))
            large = large || (c->dim[0] == 64 && c->dim[1] == 4096 && c->dim[2] == 4096);
    }
    cr_expect(large);
    vjp_bench_shapes_clear(&shapes);
    cr_assert_eq(read_shapes(NULL, "softmax", &shapes, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(list->count, 1);
    cr_expect_gt(vjp_case_work(&list->cases[0]), 4096);
    cr_expect_leq(vjp_case_work(&list->cases[0]), 16384);
    vjp_bench_shapes_clear(&shapes);
}

Test(bench_shapes, sizes_take_the_place_of_built_in_shapes)
{
    struct vjp_bench_shapes shapes = {0};
    struct vjp_error error = {""};
    struct vjp_bench_sizes sizes = {.layer = vjp_spec_find("linear"),
                                    .dtype = VJP_F32,
                                    .size = {3, 4},
                                    .count = 2,
                                    .apart = true};
    struct vjp_bench_shapes_ask ask = {
        .sizes = &sizes, .layer = sizes.layer, .targets = &targets, .apart = true};
    cr_assert_eq(vjp_bench_shapes_read(&ask, &shapes, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(shapes.cases.count, 16);
    cr_expect_eq(shapes.cases.cases[1].left_out, 1);
    vjp_bench_shapes_clear(&shapes);
    sizes.size[0] = sizes.size[1] = 100000;
    cr_expect_eq(vjp_bench_shapes_read(&ask, &shapes, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "nothing to time: linear takes no combination of these sizes, or "
                                 "each is too long");
}

Test(bench_shapes, each_gradient_apart_is_a_shape)
{
    struct vjp_bench_shapes together = {0}, apart = {0};
    struct vjp_error error = {""};
    struct vjp_bench_shapes_ask ask = {.layer = vjp_spec_find("linear"), .targets = &targets};
    cr_assert_eq(vjp_bench_shapes_read(&ask, &together, &error), VJP_OK, "%s", error.text);
    ask.apart = true;
    cr_assert_eq(vjp_bench_shapes_read(&ask, &apart, &error), VJP_OK, "%s", error.text);
    size_t gradients = 0;
    for (size_t i = 0; i < together.cases.count; i++)
        gradients += vjp_case_attr(&together.cases.cases[i], "bias") ? 3 : 2;
    cr_expect_eq(apart.cases.count, gradients);
    vjp_bench_shapes_clear(&together);
    vjp_bench_shapes_clear(&apart);
}

/* A valid case in which no gradient is empty or 0 throughout. */
Test(bench_shapes, every_layer_has_one)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        struct vjp_plugin_info any = {.n_kernels = 1,
                                      .kernel = {{.name = "a", .has_model = {[VJP_F32] = true}}}};
        struct vjp_target only = {.info = &any, .selected = {true}};
        const struct vjp_targets one = {.target = &only, .count = 1};
        const struct vjp_bench_shapes_ask ask = {.targets = &one};
        struct vjp_bench_shapes shapes = {0};
        struct vjp_error error = {""};
        strcpy(any.kernel[0].layer, (*spec)->name);
        cr_assert_eq(vjp_bench_shapes_read(&ask, &shapes, &error), VJP_OK, "%s: %s", (*spec)->name,
                     error.text);
        cr_expect_geq(shapes.cases.count, 1);
        for (size_t i = 0; i < shapes.cases.count; i++) {
            const struct vjp_case *c = &shapes.cases.cases[i];
            cr_expect_eq(vjp_case_validate(c, &error), VJP_OK, "%s", error.text);
            cr_expect_not(vjp_case_is_flat(c), "%s", (*spec)->name);
            for (int d = 0; d < c->spec->n_dims; d++)
                cr_expect_gt(c->dim[d], 0, "%s", (*spec)->name);
        }
        vjp_bench_shapes_clear(&shapes);
    }
}

Test(bench_shapes, a_file_replaces_them_and_what_is_not_timed_is_kept_with_its_reason)
{
    static const struct {
        enum vjp_skip_kind kind;
        const char *start, *reason;
    } expected[] = {
        {VJP_SKIP_UNSUPPORTED, "linear dtype=f64 N=1 ", "no selected kernel is for linear in f64"},
        {VJP_SKIP_UNSUPPORTED, "relu dtype=f32 N=2 ", "no selected kernel is for relu"},
        {VJP_SKIP_ACCUMULATE, "linear dtype=f32 N=9 ",
         "accumulate is not timed: a result that grows is another case in each call"},
        {VJP_SKIP_REPEATED, "linear dtype=f32 N=1 ", "it stands there twice"}};
    static const char text[] = "linear dtype=f64 N=1 D=2 M=3\nlinear dtype=f32 N=1 D=2 M=3\n"
                               "relu dtype=f32 N=2 M=2\n"
                               "linear dtype=f32 N=9 D=2 M=3 accumulate=1\n"
                               "linear dtype=f32 N=1 D=2 M=3 x=normal\n"
                               "linear dtype=f32 N=1 D=2 M=3 threads=2\n";
    struct vjp_bench_shapes shapes = {0};
    struct vjp_error error = {""};
    cr_assert_eq(read_shapes(text, NULL, &shapes, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(shapes.cases.count, 2);
    cr_expect_eq(shapes.cases.cases[0].dtype, VJP_F32);
    cr_expect_eq(shapes.cases.cases[1].threads, 2);
    cr_assert_eq(shapes.n_skips, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct vjp_bench_skip *skip = &shapes.skip[i];
        cr_expect_eq(skip->kind, expected[i].kind, "%s", skip->line);
        cr_expect_eq(strncmp(skip->line, expected[i].start, strlen(expected[i].start)), 0, "%s",
                     skip->line);
        cr_expect_str_eq(skip->reason, expected[i].reason);
    }
    vjp_bench_shapes_clear(&shapes);
    /* Where threads are given for all, lines that differ by them are the same. */
    cr_assert_eq(read_more(text, NULL, true, &shapes, &error), VJP_OK);
    cr_expect_eq(shapes.cases.count, 1);
    cr_expect_eq(shapes.n_skips, 5);
    vjp_bench_shapes_clear(&shapes);
    /* What is of another layer nobody wanted. */
    cr_assert_eq(read_shapes("relu dtype=f32 N=2 M=2\nlinear dtype=f32 N=1 D=2 M=3\n", "linear",
                             &shapes, &error),
                 VJP_OK);
    cr_expect_eq(shapes.cases.count, 1);
    cr_expect_eq(shapes.n_skips, 0);
    vjp_bench_shapes_clear(&shapes);
}

Test(bench_shapes, where_nothing_is_left_the_reason_is_told)
{
    static const struct {
        const char *text, *layer, *message;
    } cases[] = {
        {"relu dtype=f32 N=2 M=2\n", NULL,
         "nothing to time: no selected kernel serves the one shape"},
        {"relu dtype=f32 N=2 M=2\nrelu dtype=f32 N=1 M=1\n", NULL,
         "nothing to time: no selected kernel serves any shape"},
        {NULL, "relu", "nothing to time: no selected kernel serves the one shape of relu"},
        {"relu dtype=f32 N=2 M=2\n", "linear", " has no shape of linear"},
        {"linear dtype=f32 N=1 D=2 M=3 accumulate=1\n", NULL,
         "nothing to time: every shape has accumulate=1, and a result that grows is another case "
         "in "
         "each call"},
        {"linear dtype=f32 N=1 D=2 M=3 accumulate=1\nrelu dtype=f32 N=2 M=2\n", NULL,
         "nothing to time: no selected kernel serves any shape that does not accumulate"},
        {"# none\n", NULL, ": no case in it: nothing to time"},
        {"liner\n", NULL, "liner"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vjp_bench_shapes shapes = {0};
        struct vjp_error error = {""};
        cr_expect_eq(read_shapes(cases[i].text, cases[i].layer, &shapes, &error), VJP_ERR_USAGE);
        cr_expect_not_null(strstr(error.text, cases[i].message), "%s", error.text);
        cr_expect_eq(shapes.cases.count, 0);
    }
}
