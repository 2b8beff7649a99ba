/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Operands that are NaN, in layers that are more than sums of products: where no way to compute an element
 * gets round it, an answer that is a number is wrong. */
#include "tests/oracle/metric/stand.h"

#include <math.h>

Test(measure_nan, a_number_in_its_place_is_outside)
{
    static const char *const lines[] = {
        "softmax dtype=f32 N=1 C=3 x=[1,nan,2] dy=[1,2,3]",
        "softmax dtype=f64 N=1 C=3 x=[1,0,2] dy=[1,nan,3]",
        "log_softmax dtype=f32 N=1 C=3 x=[1,nan,2] dy=[1,2,3]",
        "softmax_cross_entropy dtype=f32 N=1 C=3 x=[1,nan,2] t=[0] dy=[1]",
        "layernorm dtype=f32 N=1 D=3 x=[1,nan,2] dy=[1,2,3]",
        "rmsnorm dtype=f32 N=1 D=3 x=[1,nan,2] dy=[1,2,3]",
        "tanh dtype=f32 rank=1 N=1 x=[nan] dy=[1]",
        "gelu dtype=f32 rank=1 N=1 x=[nan] dy=[1]",
        "gelu dtype=f32 rank=1 N=1 x=[1] dy=[nan]",
        "silu dtype=bf16 rank=1 N=1 x=[nan] dy=[1]",
        "exp dtype=f32 rank=1 N=1 x=[1] dy=[1] accumulate=1 dx=[nan]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_eq(stand(lines[i], 0, NAN), VJP_CORRECT, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, 0), VJP_OUTSIDE, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, INFINITY), VJP_OUTSIDE, "%s", lines[i]);
    }
}

/* A kernel compares with NaN as it pleases, and may leave out what it multiplies by 0. */
Test(measure_nan, what_a_kernel_may_choose_is_not_judged)
{
    static const char *const lines[] = {
        "relu | tanh dtype=f32 1.rank=1 1.N=1 1.x=[nan] dy=[1]",
        "maxpool2d dtype=f32 kernel=2 stride=2 N=1 C=1 H=2 W=2 x=[1,nan,2,3] dy=[1]",
        "tanh dtype=f32 rank=1 N=1 x=[inf] dy=[1]",
        "attention dtype=f32 B=1 H=1 T=1 S=1 D=1 E=0 q=[1] k=[nan] v=[] dy=[]",
        "attention dtype=f32 B=1 H=1 T=1 S=1 D=1 E=0 q=[1] k=[nan] v=[] dy=[] accumulate=1 dq=[3]",
        "hinge dtype=f32 reduction=sum N=1 C=1 x=[0] t=[0] dy=[nan]",
        "softmax_cross_entropy dtype=f32 ignore_index=0 N=2 C=2 x=[nan,1,2,3] t=[0,1] dy=[1]",
        "softmax_cross_entropy dtype=f32 ignore_index=0 N=2 C=2 x=[0,1,2,3] t=[0,1] dy=[nan]",
        "softmax_cross_entropy dtype=f32 ignore_index=0 N=1 C=2 x=[0,1] t=[0] dy=[nan]",
        "attention dtype=f32 causal=1 B=1 H=1 T=2 S=2 D=1 E=1 q=[1,2] k=[1,nan] v=[1,2] dy=[1,1]",
        "attention dtype=f32 causal=1 B=1 H=1 T=2 S=2 D=1 E=1 q=[1,2] k=[1,2] v=[1,nan] dy=[1,1]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_eq(stand(lines[i], 0, NAN), VJP_UNRESOLVED, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, 0), VJP_UNRESOLVED, "%s", lines[i]);
    }
}

/* What a mask leaves out is judged where all are numbers, and what no NaN is masked beside. */
Test(measure_nan, masks)
{
    static const char *const lines[] = {
        "softmax_cross_entropy dtype=f32 ignore_index=0 N=2 C=2 x=[9,1,2,3] t=[0,1] dy=[1]",
        "attention dtype=f32 causal=1 B=1 H=1 T=2 S=2 D=1 E=1 q=[1,2] k=[1,2] v=[1,2] dy=[1,0]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_eq(stand(lines[i], 0, 0), VJP_CORRECT, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, NAN), VJP_OUTSIDE, "%s", lines[i]);
    }
}

/* Where no operand is, the sum of no terms is 0. */
Test(measure_nan, what_depends_on_nothing_is_judged_where_all_are_numbers)
{
    static const char line[] = "attention dtype=f32 B=1 H=1 T=1 S=1 D=1 E=0 q=[1] k=[2] v=[] dy=[]";
    cr_expect_eq(stand(line, 0, 0), VJP_CORRECT);
    cr_expect_eq(stand(line, 0, NAN), VJP_OUTSIDE);
    cr_expect_eq(stand(line, 0, 1), VJP_OUTSIDE);
}

/* Rows that have none are judged as ever. */
Test(measure_nan, other_rows_are_not_touched)
{
    static const char line[] = "softmax dtype=f32 N=2 C=2 x=[1,nan,0,0] dy=[1,2,1,-1]";
    cr_expect_eq(stand(line, 2, 0.5), VJP_CORRECT);
    cr_expect_eq(stand(line, 3, -0.5), VJP_CORRECT);
    cr_expect_eq(stand(line, 2, NAN), VJP_OUTSIDE);
    cr_expect_eq(stand(line, 2, 0.25), VJP_OUTSIDE);
}
