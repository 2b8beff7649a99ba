/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/rival/small.h"

Test(rival_flint, gradients_are_those_by_hand)
{
    expect_small(VJP_RIVAL_FLINT, 1);
}

/* 2^100 + 1 - 2^100: 101 bits, which 128 have room for and f64 has not. */
Test(rival_flint, has_more_bits_than_f64)
{
    struct arena a;
    make_arena(&a, "linear dtype=f32 N=1 D=1 M=3 x=[1] w=[0x1p100,1,-0x1p100] dy=[1,1,1]",
               VJP_RIVAL_FLINT, 1);
    run_arena(&a);
    expect_element(&a, 0, 0, 0, 1);
    const char *label = vjp_rival_label(a.rival);
    cr_expect_eq(strncmp(label, "FLINT ", 6), 0, "%s", label);
    cr_expect_not_null(strstr(label, " arb_mat_mul, 128 bits"), "%s", label);
    clear_arena(&a);
}

Test(rival_flint, a_module_that_is_not_there_is_told)
{
    struct arena a;
    struct vjp_error error = {""};
    make_arena(&a, SMALL, VJP_RIVAL_FLINT, 1); /* or skips */
    const struct vjp_rival_request request = {
        .kind = VJP_RIVAL_FLINT, .c = &a.c, .data = &a.data, .jobs = 1, .modules = "/nowhere"};
    struct vjp_rival *none = NULL;
    cr_expect_eq(vjp_rival_create(&request, &none, &error), VJP_ERR_IO);
    cr_expect_null(none);
    cr_expect_not_null(strstr(error.text, "not loaded: /nowhere/flint.so"), "%s", error.text);
    clear_arena(&a);
}
