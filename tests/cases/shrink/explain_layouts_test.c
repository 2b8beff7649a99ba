/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "tests/cases/shrink/explained.h"

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        const struct vjp_layout *x = &c->slot[X].layout, *dw = &c->slot[DW].layout;                \
        return (void)x, (void)dw, (condition);                                                     \
    }

RULE(padded, x->ld_pad > 0)
RULE(contiguous, x->ld_pad == 0)
RULE(odd, dw->ld_pad % 2 == 1)
RULE(more_than_one, dw->ld_pad > 1)
RULE(unaligned, x->align % 32 != 0 && x->align >= 0)
RULE(fixed, x->align >= 0)
RULE(not_fixed, x->align < 0)
RULE(expanded, x->expand == 1)
RULE(not_expanded, x->expand == 0)
RULE(stored_by_columns, dw->trans)
RULE(stored_by_rows, !dw->trans)

RULE(padded_or_larger, x->ld_pad > 0 || c->dim[0] > 1)
RULE(fixed_or_larger, x->align >= 0 || c->dim[0] > 1)

static const char line[] = "linear dtype=f32 N=1 D=1 M=1";
static const char padded_line[] = "linear dtype=f32 N=1 D=1 M=1 x.ld=+1 dw.ld=+3";

Test(explain_layouts, padding_is_told_as_a_leading_dimension)
{
    expect_explained(padded, padded_line, "only with x.ld > D (of 5 paddings tried, 4 failed)");
    expect_explained(contiguous, line, "only with x.ld = D (of 5 paddings tried, 1 failed)");
    /* The rows of x run along N where it is stored by columns. */
    expect_explained(padded, "linear dtype=f32 N=1 D=1 M=1 x.ld=+1 x.trans=1",
                     "only with x.ld > N (of 5 paddings tried, 4 failed)");
}

/* +0, +1, +2, +3 and +8. */
Test(explain_layouts, other_paddings_are_listed)
{
    expect_explained(odd, padded_line, "only with dw.ld=+3, dw.ld=+1 (of 5 tried, 2 failed)");
    expect_explained(more_than_one, padded_line,
                     "not with dw.ld=+0, dw.ld=+1 (of 5 tried, 3 failed)");
}

/* 0, 4, 8, 12, 16, 24, 32, 48, 56 and 60 are offsets of floats. */
Test(explain_layouts, offsets_have_rules)
{
    expect_explained(unaligned, "linear dtype=f32 N=1 D=1 M=1 x.align=4",
                     "fails iff x.align % 32 != 0 (of 10 values of x.align tried, 8 failed)");
    expect_explained(fixed, "linear dtype=f32 N=1 D=1 M=1 x.align=4",
                     "only with an offset that is fixed (of 2 tried, 1 failed)");
    expect_explained(stored_by_rows, line, "whatever x.align (10 values tried)");
    expect_explained(not_fixed, line, "only with no offset that is fixed (of 2 tried, 1 failed)");
}

/* With N = 2 it fails however the rows lie. */
Test(explain_layouts, what_a_larger_case_does_not_need_is_said_of_this_one)
{
    expect_explained(padded_or_larger, padded_line,
                     "here only with x.ld > D (of 5 paddings tried, 4 failed)");
    expect_explained(fixed_or_larger, "linear dtype=f32 N=1 D=1 M=1 x.align=4",
                     "here only with an offset that is fixed (of 2 tried, 1 failed)");
}

Test(explain_layouts, either_transposition_may_matter)
{
    expect_explained(stored_by_columns, "linear dtype=f32 N=1 D=1 M=1 dw.trans=1",
                     "only with dw.trans=1 (of 2 tried, 1 failed)");
    expect_explained(stored_by_rows, line, "only with dw.trans=0 (of 2 tried, 1 failed)");
}

Test(explain_layouts, strides_of_zero_may_matter)
{
    expect_explained(expanded, "linear dtype=f32 N=1 D=1 M=1 x.expand=0",
                     "only with x.expand (of 2 tried, 1 failed)");
    expect_explained(not_expanded, line, "only with no x.expand (of 2 tried, 1 failed)");
}
