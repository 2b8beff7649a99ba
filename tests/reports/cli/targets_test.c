/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/targets.h"

#include "reports/cli/cli.h"
#include "reports/cli/conclude.h"
#include "tests/impls/host/plant.h"
#include "tests/reports/cli/beside.h"

#include <string.h>

Test(targets, a_kernel_serves_what_it_declares_if_it_is_selected)
{
    static const struct vjp_plugin_info info = {
        .n_kernels = 3,
        .kernel = {{.name = "one", .layer = "linear", .has_model = {[VJP_F32] = true}},
                   {.name = "two", .layer = "linear", .has_model = {[VJP_F32] = true}},
                   {.name = "other", .layer = "softmax", .has_model = {[VJP_F32] = true}}}};
    const struct vjp_target target = {.info = &info, .selected = {true, false, true}};
    struct vjp_case c = {.spec = vjp_spec_find("linear"), .dtype = VJP_F32};
    cr_expect(vjp_target_serves(&target, 0, &c));
    cr_expect_not(vjp_target_serves(&target, 1, &c));
    cr_expect_not(vjp_target_serves(&target, 2, &c));
    c.dtype = VJP_F64;
    cr_expect_not(vjp_target_serves(&target, 0, &c));
}

/* Among several, a library that ends whoever loads it is told of at the end and has no say before; a name that is wrong is
 * an error at once. */
Test(targets, what_cannot_be_loaded_does_not_stop_the_others)
{
    static const char act[] = "static void act(void) { answer(); }\n"
                              "__attribute__((constructor)) static void load(void) { abort(); }";
    const struct vjp_totals passed = {.checks = 1, .verdict = {[VJP_VERDICT_PASS] = 1}};
    struct plant plant;
    struct vjp_targets targets = {0};
    struct vjp_error error = {""};
    find_parts();
    plant_kernel(&plant, act, "");
    const char *names[] = {plant.path, "naive:linear", plant.path};
    cr_assert_eq(vjp_targets_open_able(names, 2, 0, &targets, &error), VJP_OK, "%s", error.text);
    cr_assert(targets.count == 1 && targets.n_lost == 1 && targets.n_requests == 2);
    cr_expect_str_eq(targets.lost[0].reason, "loading it ends the process with SIGABRT");
    cr_expect(targets.request[0].target == -1 && targets.request[1].target == 0);
    targets.target[0].conclusive[targets.request[1].kernel] = 1;
    cr_expect_eq(vjp_conclude(&targets, &passed), VJP_EXIT_USAGE);
    vjp_targets_close(&targets);

    cr_expect_eq(vjp_targets_open(names, 2, false, 0, &targets, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_targets_open_able(names, 1, 0, &targets, &error), VJP_ERR_USAGE);
    names[1] = plant.path;
    cr_expect_eq(vjp_targets_open_able(names, 2, 0, &targets, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "SIGABRT"), "%s", error.text);
    names[1] = "naive:none";
    cr_expect_eq(vjp_targets_open_able(names, 2, 0, &targets, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "naive has no kernel"), "%s", error.text);
    names[1] = "./none.so";
    cr_expect_eq(vjp_targets_open_able(names, 2, 0, &targets, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "none.so"), "%s", error.text);
    plant_remove(&plant);
}
