/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/jacobian_view.h"

Test(jacobian_text, has_one_block_per_element_of_the_operand)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_jacobian_print_text(&view, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "dy/dx: (2) x (1x2), 3 entries that are not structural zeros\n"
                     "\ndy/dx[0,0] =\n"
                     "    [      0 [0, 1] ]\n"
                     "\ndy/dx[0,1] =\n"
                     "    [ 1.5 nan ]\n");
    free(capture.text);
}

/* No element, no block; an empty y, empty blocks. */
Test(jacobian_text, an_empty_operand_has_no_block)
{
    struct capture capture;
    struct vjp_jacobian_view empty = view;
    empty.wrt_shape = (struct vjp_shape){.rank = 2, .dim = {0, 2}};
    empty.nonzero = 0;
    capture_begin(&capture);
    vjp_jacobian_print_text(&empty, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "dy/dx: (2) x (0x2), 0 entries that are not structural zeros\n");
    free(capture.text);
}
