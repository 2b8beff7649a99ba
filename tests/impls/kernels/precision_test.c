/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The derived bounds are wide enough for every correct kernel and narrow enough for none that computes
 * in float what it declares to compute in double: the naive kernel of every layer passes, the same
 * source with narrower intermediates (impls/faulty/narrow) does not. */
#include "cases/spec/spec.h"
#include "reports/verdict/verdict.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define CASES     (TEST_INSTRUMENTED ? 3 : 12) /* generated, beside the corpus */
#define LAYER_MAX 128

struct tally {
    char kernel[LAYER_MAX];
    int passed, inaccurate, failed;
};

struct table {
    struct tally kernel[LAYER_MAX];
    int count;
};

static struct tally *find(struct table *table, const char *kernel)
{
    for (int i = 0; i < table->count; i++) {
        if (strcmp(table->kernel[i].kernel, kernel) == 0)
            return &table->kernel[i];
    }
    cr_assert_lt(table->count, LAYER_MAX);
    struct tally *t = &table->kernel[table->count++];
    snprintf(t->kernel, sizeof t->kernel, "%s", kernel);
    return t;
}

static void count_line(struct table *table, const json_t *line)
{
    const char *verdict = json_string_value(json_object_get(line, "verdict"));
    const char *kernel = json_string_value(json_object_get(line, "kernel"));
    if (!verdict || !kernel)
        return;
    struct tally *t = find(table, kernel);
    t->passed += strcmp(verdict, "pass") == 0 || strcmp(verdict, "exact") == 0;
    t->inaccurate += strcmp(verdict, "inaccurate") == 0;
    for (int v = 0; v < VJP_VERDICT_COUNT; v++)
        t->failed += vjp_verdict_is_failure((enum vjp_verdict)v) &&
                     strcmp(verdict, vjp_verdict_name((enum vjp_verdict)v)) == 0;
}

/* Checks a plug-in and counts its verdicts by kernel. */
static struct table check(const char *arguments)
{
    char command[1024];
    char *line = NULL;
    size_t size = 0;
    struct table table = {0};
    snprintf(command, sizeof command,
             TEST_BINARY_DIR "/vjpcheck check %s --count %d --json - 2>/dev/null", arguments,
             CASES);
    FILE *stream = popen(command, "r");
    cr_assert_not_null(stream);
    while (getline(&line, &size, stream) > 0) {
        json_t *object = json_loads(line, 0, NULL);
        cr_assert_not_null(object, "%s", line);
        count_line(&table, object);
        json_decref(object);
    }
    free(line);
    pclose(stream);
    return table;
}

static bool is_layer(const char *kernel)
{
    const char *name = strrchr(kernel, ':');
    return vjp_spec_find(name ? name + 1 : kernel) != NULL;
}

Test(precision, every_naive_kernel_passes, .timeout = 120)
{
    struct table table = check("naive --dtype f64");
    int layers = 0;
    for (int i = 0; i < table.count; i++) {
        cr_expect_eq(table.kernel[i].failed, 0, "%s", table.kernel[i].kernel);
        cr_expect_gt(table.kernel[i].passed, 0, "%s", table.kernel[i].kernel);
        layers += is_layer(table.kernel[i].kernel);
    }
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        layers--;
    cr_expect_eq(layers, 0, "a layer without a naive kernel");
}

Test(precision, every_kernel_with_narrow_intermediates_is_inaccurate, .timeout = 120)
{
    struct table table = check(TEST_BINARY_DIR "/faulty/narrow.so");
    int layers = 1; /* linear has plants of its own */
    for (int i = 0; i < table.count; i++) {
        cr_expect_gt(table.kernel[i].inaccurate, 0, "%s", table.kernel[i].kernel);
        layers += is_layer(table.kernel[i].kernel);
    }
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        layers--;
    cr_expect_eq(layers, 0, "a layer without its precision fault");
}
