/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/fields.h"

#include "tests/cases/shrink/asking.h"

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        return (condition);                                                                        \
    }

RULE(of_layout, c->slot[X].layout.ld_pad >= 3 && c->slot[W].layout.trans)
RULE(far_padding, c->slot[X].layout.ld_pad >= 100)
RULE(of_align, c->slot[W].layout.align >= 8)
RULE(of_threads, c->threads >= 3 && c->accumulate)
RULE(of_gradients, c->left_out == 1 << W)
RULE(of_attrs, vjp_case_attr(c, "dilation") == 2 || vjp_case_attr(c, "stride") >= 3)
RULE(of_choice, vjp_case_attr(c, "reduction") == 1)

static const char line[] =
    "linear dtype=f32 bias=1 N=2 D=2 M=2 x=const w=const b=const dy=const dx=const dw=const "
    "db=const x.ld=+5 w.ld=+2 w.align=16 w.trans=1 accumulate=1 threads=9";

Test(fields, everything_goes_that_does_not_matter)
{
    expect_part(vjp_fields_shrink, always, line,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, never, line, line);
}

Test(fields, what_matters_stays_as_little_as_possible)
{
    expect_part(vjp_fields_shrink, of_layout, line,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const x.ld=+3 w.trans=1");
    expect_part(vjp_fields_shrink, of_align, line,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const w.align=8");
    expect_part(vjp_fields_shrink, of_threads, line,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const dx=const dw=const "
                "accumulate=1 threads=3");
    expect_part(vjp_fields_shrink, always,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const grads=dx",
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, of_gradients,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const grads=dx",
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const grads=dx");
    expect_part(vjp_fields_shrink, far_padding,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const x.ld=+1000",
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const x.ld=+100");
}

RULE(of_expanded_columns, c->slot[DY].layout.expand & 2)
RULE(of_in_place, c->in_place)

Test(fields, expanded_and_in_place_go_where_they_do_not_matter)
{
    expect_part(vjp_fields_shrink, always,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const dy.expand=0,1",
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, of_expanded_columns,
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const x.expand=1 dy.expand=0,1",
                "linear dtype=f32 N=2 D=2 M=2 x=const w=const dy=const dy.expand=1");
    expect_part(vjp_fields_shrink, always, "relu dtype=f32 N=2 M=2 x=const dy=const inplace=1",
                "relu dtype=f32 N=2 M=2 x=const dy=const");
    expect_part(vjp_fields_shrink, of_in_place, "relu dtype=f32 N=2 M=2 x=const dy=const inplace=1",
                "relu dtype=f32 N=2 M=2 x=const dy=const inplace=1");
}

Test(fields, attributes_come_near_to_their_fallbacks)
{
    expect_part(vjp_fields_shrink, of_attrs,
                "conv2d dtype=f32 stride=8 padding=3 dilation=2 N=1 C=1 H=9 W=9 K=1 R=3 S=3 "
                "x=const w=const dy=const",
                "conv2d dtype=f32 dilation=2 N=1 C=1 H=9 W=9 K=1 R=3 S=3 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, of_attrs,
                "conv2d dtype=f32 stride=8 padding=3 dilation=3 N=1 C=1 H=9 W=9 K=1 R=3 S=3 "
                "x=const w=const dy=const",
                "conv2d dtype=f32 stride=3 N=1 C=1 H=9 W=9 K=1 R=3 S=3 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, of_choice,
                "mse dtype=f32 reduction=sum N=1 D=1 x=const t=const dy=const",
                "mse dtype=f32 reduction=sum N=1 D=1 x=const t=const dy=const");
}

/* Where the padding is what lets the filter fit the filter shrinks; where the filter matters the image
 * grows. */
RULE(of_filter, vjp_case_dim(c, "R") == 3)

Test(fields, sizes_follow_an_attribute)
{
    expect_part(vjp_fields_shrink, always,
                "conv2d dtype=f32 padding=1 N=1 C=1 H=1 W=1 K=1 R=3 S=1 x=const w=const dy=const",
                "conv2d dtype=f32 N=1 C=1 H=1 W=1 K=1 R=1 S=1 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, always,
                "conv2d dtype=f32 padding=1 N=1 C=1 H=1 W=1 K=1 R=3 S=2 x=const w=const dy=const",
                "conv2d dtype=f32 N=1 C=1 H=1 W=1 K=1 R=1 S=1 x=const w=const dy=const");
    expect_part(vjp_fields_shrink, of_filter,
                "conv2d dtype=f32 padding=1 N=1 C=1 H=1 W=1 K=1 R=3 S=1 x=const w=const dy=const",
                "conv2d dtype=f32 N=1 C=1 H=3 W=1 K=1 R=3 S=1 x=const w=const dy=const");
}
