/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "tests/cases/shrink/explained.h"

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        return (condition);                                                                        \
    }

RULE(accumulating, c->accumulate)
RULE(overwriting, !c->accumulate)
RULE(alone, c->left_out != 0)
RULE(with_others, !vjp_case_has_gradient(c, 1) || c->left_out == 0)
RULE(threaded, c->threads > 2)
RULE(narrow, c->dtype == VJP_F16 || c->dtype == VJP_BF16)
RULE(not_double, c->dtype != VJP_F64)
RULE(biased, vjp_case_attr(c, "bias") == 1)
RULE(strided, vjp_case_attr(c, "stride") > 2)
RULE(own_eps, vjp_case_real(c, "eps") != 1e-5)
RULE(built_in_eps, vjp_case_real(c, "eps") == 1e-5)
RULE(turned_in_halves, vjp_case_attr(c, "layout") == 0)

static const char line[] = "linear dtype=bf16 N=1 D=1 M=1";

RULE(in_place, c->in_place)
RULE(out_of_place, !c->in_place)

/* Where dx cannot take the place of dy there is nothing to be told. */
Test(explain_fields, in_place)
{
    expect_explained(in_place, "relu dtype=f32 N=1 M=1 inplace=1",
                     "only with inplace=1 (of 2 tried, 1 failed)");
    expect_explained(out_of_place, "relu dtype=f32 N=1 M=1",
                     "only with inplace=0 (of 2 tried, 1 failed)");
}

Test(explain_fields, accumulate_threads_and_dtype)
{
    expect_explained(accumulating, "linear dtype=f32 N=1 D=1 M=1 accumulate=1",
                     "only with accumulate=1 (of 2 tried, 1 failed)");
    expect_explained(overwriting, line, "only with accumulate=0 (of 2 tried, 1 failed)");
    expect_explained(alone, "linear dtype=f32 N=1 D=1 M=1 grads=dx",
                     "not with all gradients asked for (of 3 tried, 2 failed)");
    expect_explained(with_others, "linear dtype=f32 bias=1 N=1 D=1 M=1",
                     "not with grads=dw (of 4 tried, 3 failed)");
    expect_explained(threaded, "linear dtype=f32 N=1 D=1 M=1 threads=3",
                     "fails iff threads > 2 (of 5 values of threads tried, 3 failed)");
    expect_explained(narrow, line, "only with dtype=bf16, dtype=f16 (of 4 tried, 2 failed)");
    expect_explained(not_double, line, "not with dtype=f64 (of 4 tried, 3 failed)");
}

RULE(accumulating_two, c->accumulate || c->dim[0] != 2)
RULE(accumulating_there,
     c->accumulate && c->dim[0] == 1 && c->dim[1] == 1 && c->dim[2] == 1 && c->seed == 7)

/* Of two values, each was seen once: a case of another size says that it is not so, or there is no other case. */
Test(explain_fields, what_no_second_case_says_is_said_of_this_one)
{
    expect_explained(accumulating_two, "linear dtype=f32 N=2 D=1 M=1 accumulate=1",
                     "here only with accumulate=1 (of 2 tried, 1 failed)");
    expect_explained(accumulating_there, "linear dtype=f32 N=1 D=1 M=1 accumulate=1 seed=0x7",
                     "here only with accumulate=1 (of 2 tried, 1 failed)");
}

/* A stride is 1 to 8; an eps is tried at its own value, 1e-5, half and
 * twice that, 0.5 and 1, not at 0, which it may not be. */
Test(explain_fields, attributes_of_every_kind)
{
    expect_explained(biased, "linear dtype=f32 bias=1 N=1 D=1 M=1",
                     "only with bias=1 (of 2 tried, 1 failed)");
    expect_explained(strided, "conv2d dtype=f32 stride=3 N=1 C=1 H=1 W=1 K=1 R=1 S=1",
                     "fails iff stride > 2 (of 8 values of stride tried, 6 failed)");
    expect_explained(own_eps, "batchnorm dtype=f32 eps=0.25 N=1 C=1 H=1 W=1",
                     "not with eps=1e-05 (of 6 tried, 5 failed)");
    expect_explained(built_in_eps, "batchnorm dtype=f32 N=1 C=1 H=1 W=1",
                     "only with eps=1e-05 (of 5 tried, 1 failed)");
    expect_explained(turned_in_halves, "rope dtype=f32 N=1 H=1 D=2",
                     "only with layout=half (of 2 tried, 1 failed)");
}
