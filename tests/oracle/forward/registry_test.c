/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

#include <criterion/criterion.h>

/* A layer that can be named in a case line can be judged. */
Test(forward_registry, every_spec_has_a_formula)
{
    int count = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        cr_expect_not_null(vjp_forward_find((*spec)->name), "%s", (*spec)->name);
        count++;
    }
    cr_expect_geq(count, 1);
}

Test(forward_registry, names_are_compared_whole)
{
    cr_expect_eq(vjp_forward_find("linear"), vjp_forward_linear);
    cr_expect_null(vjp_forward_find("linea"));
    cr_expect_null(vjp_forward_find("linear2"));
    cr_expect_null(vjp_forward_find(""));
}
