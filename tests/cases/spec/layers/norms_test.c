/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

/* dx sums over what is normalized together, dw and db over the rest: the larger of D and N; in
 * batchnorm all three over N H W. */
static const struct shaped shapes[] = {
    {"layernorm dtype=f32 N=2 D=5", {"2x5", "5", "5", "2x5", "2", "2"}, 5},
    {"layernorm dtype=f32 N=7 D=5", {"7x5", "5", "5", "7x5", "7", "7"}, 7},
    {"rmsnorm dtype=f32 N=2 D=5", {"2x5", "5", "2x5", "2"}, 5},
    {"rmsnorm dtype=f32 N=7 D=0", {"7x0", "0", "7x0", "7"}, 7},
    {"batchnorm dtype=f32 N=2 C=3 H=4 W=5", {"2x3x4x5", "3", "3", "2x3x4x5", "3", "3"}, 40},
};

Test(norms, shapes_and_longest_sums_follow_from_sizes)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"layernorm dtype=f32 eps=0 N=1 D=2", "column 21: eps=0: expected 1e-12 to 1"},
    {"layernorm dtype=f32 eps=-1e-5 N=1 D=2", "eps=-1e-05: expected 1e-12 to 1"},
    {"rmsnorm dtype=f32 eps=nan N=1 D=2", "eps=nan"},
    {"rmsnorm dtype=f32 N=1 D=2 b=[1,2]", "column 27"},
    {"batchnorm dtype=f32 eps=0 N=2 C=1 H=1 W=1", "eps=0: expected 1e-12 to 1"},
    {"batchnorm dtype=f32 N=2 C=2 H=1 W=1 w=[1,2,3]", "w has 2 elements, the list has 3"},
};

Test(norms, what_makes_no_sense_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}

Test(norms, eps_is_the_usual_one_where_a_line_does_not_say)
{
    static const struct {
        const char *line;
        double eps;
    } usual[] = {{"layernorm dtype=f32 N=1 D=1", 1e-5},
                 {"rmsnorm dtype=f32 N=1 D=1", 1e-6},
                 {"batchnorm dtype=f32 N=1 C=1 H=1 W=1", 1e-5}};
    for (int i = 0; i < TABLE_COUNT(usual); i++) {
        struct vjp_case c = {0};
        struct vjp_error error = {""};
        cr_assert_eq(vjp_case_parse(usual[i].line, &c, &error), VJP_OK, "%s", error.text);
        cr_expect(vjp_case_real(&c, "eps") == usual[i].eps, "%s", usual[i].line);
        vjp_case_clear(&c);
    }
}
