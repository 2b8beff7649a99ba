/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The study of orders, asked as the command asks it; what it prints is in tests/e2e/study_order_test.c. */
#include "reports/cli/study.h"

#include "cases/base/dtype.h"
#include "reports/cli/cli.h"
#include "tests/reports/cli/beside.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status run(const char *const *targets, int n, const char *folder, int *code,
                           struct vjp_error *error)
{
    const struct vjp_study_request request = {
        .n_targets = n,
        .targets = targets,
        .layer = vjp_spec_find("linear"),
        .dtype = VJP_F32,
        .has_sweep = true,
        .sweep = {.name = "M", .count = 1, .size = {8}},
        .seed = 1,
        .out = folder,
        .line = "line",
    };
    return vjp_study_order.run(&request, code, error);
}

/* Over M only dx has a sum: the other two gradients are gaps. */
Test(study_order, one_dimension)
{
    static const char *const targets[] = {TEST_BINARY_DIR "/plugins/naive.so:linear"};
    char folder[] = "/tmp/vjpcheck-order-XXXXXX";
    char command[256];
    struct vjp_error error = {""};
    int code = -1;
    find_parts();
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(run(targets, 1, folder, &code, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(code, VJP_EXIT_SOUND);
    snprintf(command, sizeof command,
             "grep -c '\"type\":\"order\"' %s/study.jsonl | grep -qx 1 && "
             "grep -q '\"tree\":\"\\[0..7\\]\"' %s/study.jsonl && rm -r %s",
             folder, folder, folder);
    cr_expect_eq(system(command), 0);
}

Test(study_order, a_kernel_that_is_not_there)
{
    static const char *const targets[] = {"/nowhere/kernel.so"};
    struct vjp_error error = {""};
    int code = -1;
    cr_expect_neq(run(targets, 1, "/tmp", &code, &error), VJP_OK);
    cr_expect_not_null(strstr(error.text, "/nowhere/kernel.so"), "%s", error.text);
}
