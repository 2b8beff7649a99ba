/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/box.h"

#include <criterion/criterion.h>

static void expect_text(const struct vjp_box *box, const struct vjp_shape *shape, const char *text)
{
    struct vjp_text out = {0};
    vjp_box_print(box, "g", shape, &out);
    cr_expect_str_eq(out.data, text);
    vjp_text_clear(&out);
}

Test(box, widens_to_hold_what_is_added)
{
    const struct vjp_shape shape = {2, {4, 5}};
    struct vjp_box box = {.any = false};
    cr_expect_not(vjp_box_has(&box, &shape, 0));
    vjp_box_add(&box, &shape, 6);
    expect_text(&box, &shape, "g[1,1]");
    vjp_box_add(&box, &shape, 13);
    expect_text(&box, &shape, "g[1:3,1:4]");
    cr_expect(vjp_box_has(&box, &shape, 7));
    cr_expect_not(vjp_box_has(&box, &shape, 5));
    cr_expect_not(vjp_box_has(&box, &shape, 16));
    vjp_box_add(&box, &shape, 5);
    vjp_box_add(&box, &shape, 9);
    expect_text(&box, &shape, "g[1:3,:]");
    cr_expect_not(vjp_box_is_all(&box, &shape));
    vjp_box_add(&box, &shape, 0);
    vjp_box_add(&box, &shape, 19);
    cr_expect(vjp_box_is_all(&box, &shape));
    expect_text(&box, &shape, "g");
}

Test(box, of_a_scalar)
{
    const struct vjp_shape shape = {.rank = 0};
    struct vjp_box box = {.any = false};
    vjp_box_add(&box, &shape, 0);
    cr_expect(vjp_box_is_all(&box, &shape));
    cr_expect(vjp_box_has(&box, &shape, 0));
    expect_text(&box, &shape, "g");
}
