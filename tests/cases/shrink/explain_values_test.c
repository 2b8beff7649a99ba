/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "tests/cases/shrink/explained.h"

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        return (condition);                                                                        \
    }

RULE(cancelling, c->slot[X].generator == VJP_GEN_CANCEL)
RULE(not_alike, c->slot[DY].generator != VJP_GEN_CONST)
RULE(lucky_seed, c->seed < 3)
RULE(masked, c->slot[1].generator == VJP_GEN_MASK)

/* Nine simple generators and four others are tried of any number. */
Test(explain_values, generators_that_matter_are_named)
{
    expect_explained(cancelling, "linear dtype=f32 N=1 D=1 M=3 x=cancel:1e6",
                     "only with x=cancel:1e6, x=cancel (of 14 tried, 2 failed)");
    expect_explained(not_alike, "linear dtype=f32 N=1 D=1 M=1",
                     "not with dy=const, dy=const:0 (of 13 tried, 11 failed)");
    expect_explained(masked, "dropout dtype=f32 N=1 M=1",
                     "only with mask=mask (of 3 tried, 1 failed)");
    expect_explained(always, "linear dtype=f32 N=1 D=1 M=1", "whatever values of w (13 tried)");
}

Test(explain_values, seeds_are_counted_where_something_is_drawn)
{
    struct synthetic s = {.rule = always};
    struct vjp_explanation out =
        explain_with(&s, "linear dtype=f32 N=1 D=1 M=1 x=const w=const dy=[1]", ENOUGH);
    for (int i = 0; i < out.remarks.count; i++)
        cr_expect_null(strstr(out.remarks.at[i].text, "seed"), "%s", out.remarks.at[i].text);
    expect_explained(lucky_seed, "linear dtype=f32 N=1 D=1 M=1", "for 3 of 8 seeds tried");
    expect_explained(always, "linear dtype=f32 N=1 D=1 M=1", "for every seed tried (8)");
}
