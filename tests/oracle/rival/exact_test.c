/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/rival/small.h"

#include <stdio.h>
#include <string.h>

/* With the instructions that it has here. */
static void expect_label(const struct vjp_rival *rival, const char *threads)
{
    static const char *const known[] = {"portable", "avx2", "avx512"};
    char expected[3][64];
    bool is_one = false;
    for (int i = 0; i < 3; i++) {
        snprintf(expected[i], sizeof expected[i], "exact contraction (%s)%s", known[i], threads);
        is_one |= strcmp(vjp_rival_label(rival), expected[i]) == 0;
    }
    cr_expect(is_one, "%s", vjp_rival_label(rival));
}

Test(rival_exact, gradients_are_those_by_hand)
{
    expect_small(VJP_RIVAL_EXACT, 1);
    expect_small(VJP_RIVAL_EXACT, 2);
}

/* 2^60 + 1 - 2^60 in dx: any sum in f64 that takes the terms in this order loses the 1. */
Test(rival_exact, elements_are_correctly_rounded_and_have_their_magnitude)
{
    struct arena a;
    double scale = 0;
    make_arena(&a, "linear dtype=f32 N=1 D=1 M=3 x=[1] w=[0x1p60,1,-0x1p60] dy=[1,1,1]",
               VJP_RIVAL_EXACT, 1);
    cr_expect_not(vjp_rival_scale(a.rival, 0, 0, 0, &scale));
    run_arena(&a);
    expect_element(&a, 0, 0, 0, 1);
    cr_assert(vjp_rival_scale(a.rival, 0, 0, 0, &scale));
    cr_expect(scale >= 0x1p61 && scale <= 0x1p61 * (1 + 0x1p-12), "%a", scale);
    expect_label(a.rival, ", 1 thread");
    clear_arena(&a);
}

Test(rival_exact, forgets_what_it_found)
{
    struct arena a;
    double value;
    make_arena(&a, SMALL, VJP_RIVAL_EXACT, 2);
    expect_label(a.rival, ", 2 threads");
    cr_expect_not(vjp_rival_element(a.rival, 0, 0, 0, &value));
    run_arena(&a);
    vjp_rival_forget(a.rival);
    cr_expect_not(vjp_rival_element(a.rival, 0, 0, 0, &value));
    clear_arena(&a);
}
