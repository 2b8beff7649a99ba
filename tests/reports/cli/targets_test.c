/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/targets.h"

#include <criterion/criterion.h>

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
