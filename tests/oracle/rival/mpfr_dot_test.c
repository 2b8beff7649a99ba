/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/rival/small.h"

Test(rival_mpfr_dot, gradients_are_those_by_hand)
{
    expect_small(VJP_RIVAL_MPFR_DOT, 1);
}

/* 2^24 + 1 lies in the middle of two f32, the even one is 2^24; one more 2^-40, and it is above. */
Test(rival_mpfr_dot, rounds_the_exact_sum_once_to_the_dtype)
{
    struct arena a;
    make_arena(&a, "linear dtype=f32 N=2 D=1 M=3 x=[1,1] w=[0x1p24,1,0x1p-40] dy=[1,1,0,1,1,1]",
               VJP_RIVAL_MPFR_DOT, 1);
    run_arena(&a);
    expect_element(&a, 0, 0, 0, 0x1p24);
    expect_element(&a, 0, 1, 0, 0x1p24 + 2);
    cr_expect_eq(strncmp(vjp_rival_label(a.rival), "MPFR ", 5), 0);
    clear_arena(&a);
    make_arena(&a, "linear dtype=f64 N=1 D=1 M=3 x=[1] w=[0x1p24,1,0x1p-28] dy=[1,1,1]",
               VJP_RIVAL_MPFR_DOT, 1);
    run_arena(&a);
    expect_element(&a, 0, 0, 0, 0x1p24 + 1 + 0x1p-28);
    clear_arena(&a);
}
