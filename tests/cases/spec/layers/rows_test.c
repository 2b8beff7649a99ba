/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

/* Where an element of dx depends on a whole row, as in a softmax, it sums over C. Losses are scalars. */
static const struct shaped shapes[] = {
    {"softmax dtype=f32 N=2 C=3", {"2x3", "2x3", "2x3"}, 3},
    {"softmax dtype=f32 N=2 C=0", {"2x0", "2x0", "2x0"}, 1},
    {"log_softmax dtype=f32 N=7 C=3", {"7x3", "7x3", "7x3"}, 3},
    {"cross_entropy dtype=f32 N=2 C=3", {"2x3", "2x3", "scalar"}, 1},
    {"softmax_cross_entropy dtype=f32 N=2 C=3", {"2x3", "2", "-", "scalar", "2", "2x3"}, 3},
    {"softmax_cross_entropy dtype=f32 target=onehot N=2 C=3",
     {"2x3", "-", "2x3", "scalar", "2", "2x3"},
     3},
    {"softmax_cross_entropy dtype=f32 N=0 C=3", {"0x3", "0", "-", "scalar", "0", "0x3"}, 3},
    {"hinge dtype=f32 N=2 C=3", {"2x3", "2", "scalar"}, 3},
    {"mse dtype=f32 N=2 D=3", {"2x3", "2x3", "scalar"}, 4},
    {"mse dtype=f32 N=0 D=0", {"0x0", "0x0", "scalar"}, 4},
};

Test(rows, shapes_and_longest_sums_follow_from_sizes)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"cross_entropy dtype=f32 N=2 C=0", "column 29: C=0: expected 1 or more classes"},
    {"softmax_cross_entropy dtype=f32 N=2 C=0", "C=0: expected 1 or more classes"},
    {"hinge dtype=f32 N=2 C=0", "C=0: expected 1 or more classes"},
    {"softmax_cross_entropy dtype=f32 N=2 C=3 t=[0,3]",
     "t[1]=3: expected an index from 0 to 2, or -100, which is ignored"},
    {"softmax_cross_entropy dtype=f32 ignore_index=-1 N=2 C=3 t=[-2,0]",
     "t[0]=-2: expected an index from 0 to 2, or -1, which is ignored"},
    {"softmax_cross_entropy dtype=f32 N=1 C=3 t=[1.5]", "'1.5' is no integer"},
    {"softmax_cross_entropy dtype=f32 target=onehot ignore_index=1 N=1 C=3",
     "column 47: ignore_index=1: expected no such field with target=onehot"},
    {"linear | softmax_cross_entropy dtype=f32 2.target=onehot 2.ignore_index=1 1.N=1 1.D=1 1.M=3",
     "column 58: stage 2 (softmax_cross_entropy): ignore_index=1: expected no such field with "
     "target=onehot"},
    {"softmax_cross_entropy dtype=f32 N=1 C=3 p=[1,0,0]", "found p"},
    {"softmax_cross_entropy dtype=f32 target=onehot N=1 C=3 t=[1]", "found t"},
    {"softmax_cross_entropy dtype=f32 target=onehot N=1 C=3 p=[0,0.5,0.5]",
     "p row 0: expected one 1 and zeros, found 0.5 at [0,1]"},
    {"softmax_cross_entropy dtype=f32 target=class N=1 C=3",
     "target=class: expected index or onehot"},
    {"cross_entropy dtype=f32 N=1 C=2 x=[1,0] t=[1,0]",
     "x[0,1]=0: expected a finite number greater than 0"},
    {"cross_entropy dtype=f32 N=2 C=2 t=[1,0,1,1]", "t row 1: expected one 1 and zeros"},
    {"cross_entropy dtype=f32 reduction=none N=1 C=2", "reduction=none: expected mean or sum"},
    {"hinge dtype=f32 N=2 C=3 t=[2,3]", "t[1]=3: expected an index from 0 to 2"},
    {"hinge dtype=f32 N=2 C=3 t=[-100,1]", "t[0]=-100: expected an index from 0 to 2"},
    {"hinge dtype=f32 delta=-1 N=2 C=3", "delta=-1: expected 0 to"},
    {"mse dtype=f32 N=1 D=2 t=[1]", "t has 2 elements, the list has 1"},
};

Test(rows, what_makes_no_sense_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}

/* No class may be taken for one that is ignored: -100 is what PyTorch has. */
Test(rows, attributes_are_the_usual_ones_where_a_line_does_not_say)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse("softmax_cross_entropy dtype=f64 N=1 C=1", &c, &error), VJP_OK,
                 "%s", error.text);
    cr_expect_eq(vjp_case_attr(&c, "ignore_index"), -100);
    cr_expect_str_eq(c.spec->attr[1].choices[vjp_case_attr(&c, "reduction")], "mean");
    cr_expect_str_eq(c.spec->attr[0].choices[vjp_case_attr(&c, "target")], "index");
    vjp_case_clear(&c);
    cr_assert_eq(vjp_case_parse("hinge dtype=f64 N=1 C=1", &c, &error), VJP_OK, "%s", error.text);
    cr_expect(vjp_case_real(&c, "delta") == 1);
    vjp_case_clear(&c);
}
