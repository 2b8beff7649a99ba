/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/gradients.h"

#include "tests/cases/lines.h"

/* What is left out is bit i for input i: x, w, b. */
Test(gradients, names_in_any_order)
{
    static const struct {
        const char *names;
        uint32_t left_out;
        const char *printed;
    } table[] = {{"dx", 6, " grads=dx"},
                 {"db,dx", 2, " grads=dx,db"},
                 {"dw", 5, " grads=dw"},
                 {"dw,db,dx", 0, ""}};
    struct vjp_case c = parse_case("linear dtype=f32 bias=1 N=1 D=1 M=1");
    struct vjp_error error = {""};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_text text = {0};
        cr_assert_eq(vjp_gradients_read(table[i].names, &c, &error), VJP_OK, "%s", error.text);
        cr_expect_eq(c.left_out, table[i].left_out, "%s", table[i].names);
        vjp_gradients_print(&c, &text);
        cr_expect_str_eq(text.data ? text.data : "", table[i].printed);
        vjp_text_clear(&text);
    }
    vjp_case_clear(&c);
}

Test(gradients, what_is_no_gradient_of_the_case_is_refused)
{
    static const char *const names[] = {"",      "dw,",   ",dw",   "dx,dx",    "dy",
                                        "w",     "db",    "d",     "dx;dw",    "dx, dw",
                                        "dx,dz", "DX,dw", "dxw,w", "dx,dw,dx,"};
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=1");
    c.left_out = 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct vjp_error error = {""};
        cr_expect_eq(vjp_gradients_read(names[i], &c, &error), VJP_ERR_USAGE, "%s", names[i]);
        cr_expect_str_eq(error.text,
                         "expected some of dx, dw, each once, with commas between them");
        cr_expect_eq(c.left_out, 1, "what was there stays");
    }
    vjp_case_clear(&c);
}

Test(gradients, of_a_pipeline_have_the_number_of_their_stage)
{
    struct vjp_case c =
        parse_case("linear | relu | linear dtype=f32 3.bias=1 1.N=1 1.D=1 1.M=1 3.M=1");
    struct vjp_error error = {""};
    struct vjp_text text = {0};
    cr_assert_eq(vjp_gradients_read("3.db,1.dx", &c, &error), VJP_OK, "%s", error.text);
    vjp_gradients_print(&c, &text);
    cr_expect_str_eq(text.data, " grads=1.dx,3.db");
    cr_expect_eq(vjp_gradients_read("dx", &c, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "expected some of 1.dx, 1.dw, 3.dw, 3.db, each once, with commas "
                                 "between them");
    vjp_text_clear(&text);
    vjp_case_clear(&c);
}
