/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/rival/small.h"

static void expect_refused(const char *line)
{
    struct arena a;
    struct vjp_error error = {""};
    cr_expect_eq(try_arena(&a, line, VJP_RIVAL_EXACT, 1, &error), VJP_ERR_USAGE, "%s", line);
    cr_expect_null(a.rival);
    cr_expect_not_null(strstr(error.text, "expected a case of linear with bias=0"), "%s",
                       error.text);
    clear_arena(&a);
}

Test(rival, another_case_is_refused)
{
    expect_refused("linear dtype=f32 bias=1 N=1 D=1 M=1");
    expect_refused("linear dtype=f32 N=1 D=1 M=1 accumulate=1");
    expect_refused("linear dtype=f32 N=1 D=0 M=1");
    expect_refused("matmul dtype=f32 B=1 M=1 K=1 N=1");
}

/* mpfr_dot forms at most 2^21 products of each gradient, a quarter of the 2^23 here. Of dx, 4 x 1024 with 2048 terms,
 * the columns are halved twice; of dw, 1024 x 2048 with 4 terms, as well, the second time as both are 1024. */
Test(rival, a_slow_one_computes_the_same_part_of_both_gradients)
{
    struct arena a;
    double value;
    make_arena(&a, "linear dtype=f32 N=4 D=1024 M=2048 x=const:1 w=const:1 dy=const:1",
               VJP_RIVAL_MPFR_DOT, 1);
    cr_expect_eq(vjp_rival_share(a.rival), 0.25);
    cr_expect_not(vjp_rival_element(a.rival, 0, 0, 0, &value));
    run_arena(&a);
    expect_element(&a, 0, 3, 255, 2048);
    cr_expect_not(vjp_rival_element(a.rival, 0, 3, 256, &value));
    cr_expect_not(vjp_rival_element(a.rival, 0, 4, 0, &value));
    expect_element(&a, 1, 1023, 511, 4);
    cr_expect_not(vjp_rival_element(a.rival, 1, 1024, 0, &value));
    cr_expect_not(vjp_rival_element(a.rival, 1, 0, 512, &value));
    cr_expect_not(vjp_rival_element(a.rival, 1, -1, 0, &value));
    clear_arena(&a);
}

/* Of dx, 1 x 2049 with 2048 terms, 1025 columns are still more than 2^21 products, 513 not; of dw, 2049 x 2048 with
 * one term, 1025 rows and 1024 columns. */
Test(rival, odd_sizes_are_halved_upward)
{
    struct arena a;
    make_arena(&a, "linear dtype=f32 N=1 D=2049 M=2048 x=const:1 w=const:1 dy=const:1",
               VJP_RIVAL_MPFR_DOT, 1);
    cr_expect_eq(vjp_rival_share(a.rival), (513 * 2048.0 + 1025 * 1024.0) / (2 * 2049 * 2048.0));
    clear_arena(&a);
}
