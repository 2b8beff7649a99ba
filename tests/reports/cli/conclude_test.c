/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/conclude.h"

#include "reports/cli/cli.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <string.h>

static const struct vjp_plugin_info info = {
    .name = "p",
    .n_kernels = 2,
    .kernel = {{.name = "k", .layer = "linear"}, {.name = "h", .layer = "novelty"}}};

/* Kernel 0 has so many conclusive verdicts, and is selected; so is kernel 1 if asked. */
static struct vjp_targets targets_of(struct vjp_target *target, int64_t conclusive, bool both)
{
    *target = (struct vjp_target){
        .name = "p", .info = &info, .selected = {true, both}, .conclusive = {conclusive}};
    return (struct vjp_targets){.target = target, .count = 1};
}

Test(conclude, a_failure_is_exit_1_whatever_else)
{
    struct vjp_target target;
    const struct vjp_targets targets = targets_of(&target, 1, false);
    const struct vjp_totals failed = {
        .checks = 2, .verdict = {[VJP_VERDICT_WRONG] = 1, [VJP_VERDICT_EXACT] = 1}};
    const struct vjp_totals sound = {.checks = 2,
                                     .verdict = {[VJP_VERDICT_PASS] = 1, [VJP_VERDICT_EXACT] = 1}};
    cr_expect_eq(vjp_conclude(&targets, &failed), VJP_EXIT_FAILED);
    cr_expect_eq(vjp_conclude(&targets, &sound), VJP_EXIT_SOUND);
}

Test(conclude, nothing_conclusive_is_exit_2, .init = cr_redirect_stderr)
{
    struct vjp_target target;
    const struct vjp_targets targets = targets_of(&target, 0, false);
    const struct vjp_totals vacuous = {.checks = 2, .verdict = {[VJP_VERDICT_VACUOUS] = 2}};
    cr_expect_eq(vjp_conclude(&targets, &vacuous), VJP_EXIT_USAGE);
    fflush(stderr);
    cr_assert_stderr_eq_str("vjpcheck: nothing was tested: no case gave a conclusive verdict\n");
}

/* Each TARGET that was named has to be tested; one whose layer nobody knows says so. */
Test(conclude, a_named_target_without_a_verdict_is_exit_2, .init = cr_redirect_stderr)
{
    struct vjp_target target;
    struct vjp_targets targets = targets_of(&target, 4, true);
    struct vjp_request request[] = {{.text = "p:k", .kernel = 0}, {.text = "p:h", .kernel = 1}};
    const struct vjp_totals sound = {.checks = 4, .verdict = {[VJP_VERDICT_EXACT] = 4}};
    targets.request = request;
    targets.n_requests = 2;
    cr_expect_eq(vjp_conclude(&targets, &sound), VJP_EXIT_USAGE);
    fflush(stderr);
    char text[1024] = "";
    const size_t length = fread(text, 1, sizeof text - 1, cr_get_redirected_stderr());
    text[length] = '\0';
    cr_expect(strstr(text, "vjpcheck: p:h was not tested: kernel h of p serves layer \"novelty\", "
                           "which is not known; known: abs, "),
              "%s", text);
    cr_expect_not(strstr(text, "p:k"), "%s", text);
}

Test(conclude, the_first_selected_kernel_of_an_unknown_layer)
{
    struct vjp_target target;
    struct vjp_error error = {""};
    struct vjp_targets targets = targets_of(&target, 0, false);
    cr_expect_not(vjp_conclude_unknown(&targets, &error));
    target.selected[1] = true;
    cr_expect(vjp_conclude_unknown(&targets, &error));
    cr_expect(strstr(error.text, "kernel h of p serves layer \"novelty\""), "%s", error.text);
}
