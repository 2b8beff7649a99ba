/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

/* No gradient element sums but that of a square, whose two terms are the room that all leave. What is
 * saved stands last. */
static const struct shaped shapes[] = {
    {"relu dtype=f32 rank=1 N=5", {"5", "5", "5"}, 2},
    {"relu dtype=f32 N=2 M=3", {"2x3", "2x3", "2x3"}, 2},
    {"leaky_relu dtype=f32 rank=3 slope=0.5 N=2 M=3 P=4", {"2x3x4", "2x3x4", "2x3x4"}, 2},
    {"abs dtype=f32 rank=4 N=2 M=3 P=4 Q=5", {"2x3x4x5", "2x3x4x5"}, 2},
    {"sigmoid dtype=f32 N=0 M=3", {"0x3", "0x3", "0x3"}, 2},
    {"tanh dtype=f32 N=2 M=3", {"2x3", "2x3", "2x3"}, 2},
    {"exp dtype=f32 N=2 M=3", {"2x3", "2x3", "2x3"}, 2},
    {"log dtype=f32 N=2 M=3", {"2x3", "2x3"}, 2},
    {"softplus dtype=f32 N=2 M=3", {"2x3", "2x3"}, 2},
    {"silu dtype=f32 N=2 M=3", {"2x3", "2x3"}, 2},
    {"gelu dtype=f32 approximate=tanh N=2 M=3", {"2x3", "2x3"}, 2},
    {"residual dtype=f32 rank=3 N=2 M=3 P=4", {"2x3x4", "2x3x4", "2x3x4"}, 2},
};

Test(elementwise, operands_have_the_shape_that_rank_says)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"relu dtype=f32 rank=5 N=2 M=3", "column 16: rank=5: expected 1 to 4"},
    {"relu dtype=f32 rank=0", "rank=0: expected 1 to 4"},
    {"relu dtype=f32 rank=1 N=2 M=3", "found M"},
    {"relu dtype=f32 rank=3 N=2 M=3", "P"},
    {"leaky_relu dtype=f32 slope=1.5 N=1 M=1", "column 22: slope=1.5: expected 0 to 1"},
    {"leaky_relu dtype=f32 slope=-0.1 N=1 M=1", "slope=-0.1: expected 0 to 1"},
    {"leaky_relu dtype=f32 slope=nan N=1 M=1", "slope=nan"},
    {"gelu dtype=f32 approximate=erf N=1 M=1", "approximate=erf: expected none or tanh"},
    {"log dtype=f32 rank=1 N=2 x=[1,-0.5]", "x[1]=-0.5: expected a finite number greater than 0"},
    {"log dtype=f32 rank=1 N=2 x=[0,1]", "x[0]=0: expected a finite number greater than 0"},
    {"log dtype=f32 rank=1 N=1 x=[nan]", "x[0]=nan: expected a finite number greater than 0"},
    {"log dtype=f32 rank=1 N=1 x=normal", "x=normal: expected"},
    {"residual dtype=f32 rank=1 N=2 r=[1]", "r has 2 elements, the list has 1"},
};

Test(elementwise, what_makes_no_sense_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}

Test(elementwise, slope_is_the_usual_one_where_a_line_does_not_say)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse("leaky_relu dtype=f64 N=1 M=1", &c, &error), VJP_OK, "%s",
                 error.text);
    cr_expect(vjp_case_real(&c, "slope") == 0.01);
    vjp_case_clear(&c);
}
