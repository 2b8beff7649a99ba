/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/resize.h"

#include "tests/cases/shrink/synthetic.h"

/* The case with dimension d of the cut shorter by the cut, and perhaps another one set to size. */
static void expect_cut(const char *line, struct vjp_cut cut, int other, int64_t size,
                       const char *expected)
{
    struct vjp_case from = parse_case(line), c = {0};
    struct vjp_error error = {""};
    int64_t dim[VJP_MAX_DIMS];
    cr_assert_eq(vjp_case_copy(&c, &from, NULL), VJP_OK);
    memcpy(dim, from.dim, sizeof dim);
    dim[cut.dim] -= cut.count;
    if (other >= 0)
        dim[other] = size;
    cr_assert_eq(vjp_resize(&c, &from, dim, &cut, &error), VJP_OK, "%s", error.text);
    char *text = line_text(&c);
    cr_expect_str_eq(text, expected);
    cr_expect_eq(vjp_case_validate(&c, &error), VJP_OK, "%s: %s", text, error.text);
    free(text);
    vjp_case_clear(&c);
    vjp_case_clear(&from);
}

static const char line[] = "linear dtype=f32 N=2 D=3 M=2 x=[1,2,3,4,5,6] w=[10,11,20,21,30,31] "
                           "dy=normal w.ld=+2";
enum { N, D, M };

/* x is N x D and w is D x M: taking out index 1 of D takes a column of the one and a row of the other. */
Test(resize, a_list_loses_the_indices_of_the_cut)
{
    expect_cut(line, (struct vjp_cut){.dim = D, .at = 1, .count = 1}, -1, 0,
               "linear dtype=f32 N=2 D=2 M=2 x=[1,3,4,6] w=[10,11,30,31] dy=normal w.ld=+2");
    expect_cut(line, (struct vjp_cut){.dim = D, .at = 0, .count = 2}, -1, 0,
               "linear dtype=f32 N=2 D=1 M=2 x=[3,6] w=[30,31] dy=normal w.ld=+2");
    expect_cut(line, (struct vjp_cut){.dim = N, .at = 0, .count = 1}, -1, 0,
               "linear dtype=f32 N=1 D=3 M=2 x=[4,5,6] w=[10,11,20,21,30,31] dy=normal w.ld=+2");
    expect_cut(line, (struct vjp_cut){.dim = D, .at = 0, .count = 3}, -1, 0,
               "linear dtype=f32 N=2 D=0 M=2 x=[] w=[] dy=normal w.ld=+2");
}

Test(resize, other_dimensions_lose_their_last_indices_or_repeat_them)
{
    expect_cut(line, (struct vjp_cut){.dim = D, .at = 0, .count = 1}, M, 1,
               "linear dtype=f32 N=2 D=2 M=1 x=[2,3,5,6] w=[20,30] dy=normal w.ld=+2");
    expect_cut(line, (struct vjp_cut){.dim = D, .at = 0, .count = 1}, M, 4,
               "linear dtype=f32 N=2 D=2 M=4 x=[2,3,5,6] w=[20,21,21,21,30,31,31,31] dy=normal "
               "w.ld=+2");
}

/* 1.M is the second axis of 1.w and the first of 3.w, where it has no name. */
Test(resize, a_chain_is_cut_at_both_ends)
{
    expect_cut("linear | relu | linear dtype=f32 1.N=1 1.D=1 1.M=3 3.M=2 1.x=[1] 1.w=[1,2,3] "
               "3.w=[10,11,20,21,30,31] dy=normal",
               (struct vjp_cut){.dim = 2, .at = 1, .count = 1}, -1, 0,
               "linear | relu | linear dtype=f32 1.N=1 1.D=1 1.M=2 3.M=2 1.x=[1] 1.w=[1,3] "
               "3.w=[10,11,30,31] dy=normal");
}

/* There is nothing to repeat: the list stays, and is refused. */
Test(resize, an_empty_list_does_not_grow)
{
    struct vjp_case from = parse_case("relu dtype=f32 rank=1 N=0 x=[]"), c = {0};
    const struct vjp_cut none = {.dim = -1};
    int64_t dim[VJP_MAX_DIMS];
    cr_assert_eq(vjp_case_copy(&c, &from, NULL), VJP_OK);
    memcpy(dim, from.dim, sizeof dim);
    dim[0] = 2;
    cr_expect_eq(vjp_resize(&c, &from, dim, &none, NULL), VJP_OK);
    cr_expect_str_eq(c.slot[0].text, "[]");
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_ERR_USAGE);
    vjp_case_clear(&c);
    vjp_case_clear(&from);
}

/* Of sizes that do not go together no shapes are asked for. */
Test(resize, sizes_that_do_not_fit_are_left_to_validation)
{
    struct vjp_case from = parse_case("rope dtype=f32 N=1 H=1 D=2 x=[1,2]"), c = {0};
    const struct vjp_cut cut = {.dim = 2, .at = 0, .count = 1};
    int64_t dim[VJP_MAX_DIMS];
    cr_assert_eq(vjp_case_copy(&c, &from, NULL), VJP_OK);
    memcpy(dim, from.dim, sizeof dim);
    dim[2] = 1;
    cr_expect_eq(vjp_resize(&c, &from, dim, &cut, NULL), VJP_OK);
    cr_expect_str_eq(c.slot[0].text, "[1,2]");
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_ERR_USAGE);
    vjp_case_clear(&c);
    vjp_case_clear(&from);
}
