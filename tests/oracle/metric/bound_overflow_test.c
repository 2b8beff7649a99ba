/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What overflows on the way to a gradient element, in layers that are more than sums of products: infinities and
 * NaN are excused, and a number only where an operation may have made it of an infinity. */
#include "tests/oracle/metric/stand.h"

/* 2 x dy = 2e60, y dy = exp(200): nothing but products. */
Test(bound_overflow, a_number_for_what_surely_overflows_is_outside)
{
    static const char *const lines[] = {
        "square dtype=f32 rank=1 N=1 x=[1e30] dy=[1e30]",
        "exp dtype=f32 rank=1 N=1 x=[200] dy=[1]",
        "exp | square dtype=f32 1.rank=1 1.N=1 1.x=[80] dy=[1]",
        "mul dtype=f32 N=1 M=1 x=[1e30] b=[1e30] dy=[1e30]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_eq(stand(lines[i], 0, INFINITY), VJP_CORRECT, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, 5), VJP_OUTSIDE, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, 0), VJP_OUTSIDE, "%s", lines[i]);
    }
}

/* In f16, which ends at 65504, 300^2 is infinite; of 1 / sqrt of that, and of a sigmoid of it, a kernel makes 0. */
Test(bound_overflow, a_number_that_an_infinity_may_become_is_excused)
{
    static const char *const lines[] = {
        "rmsnorm dtype=f16 N=1 D=2 x=[300,600] w=[1,1] dy=[1,-1]",
        "square | sigmoid dtype=f16 1.rank=1 1.N=1 1.x=[300] dy=[1]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_eq(stand(lines[i], 0, 50000), VJP_EXCUSED, "%s", lines[i]);
        cr_expect_eq(stand(lines[i], 0, NAN), VJP_EXCUSED, "%s", lines[i]);
    }
    cr_expect_eq(stand("rmsnorm dtype=f16 N=1 D=2 x=[30,60] w=[1,1] dy=[1,-1]", 0, 50000),
                 VJP_OUTSIDE, "2250 does not overflow");
}

/* exp(12) is 162755, which f16 has not: a kernel that is given y is given infinity. dy y = 0.163; and dy = 0 makes
 * NaN of it. One that computes y in f32 has no excuse. */
Test(bound_overflow, a_saved_value_that_overflows_excuses_who_is_given_it)
{
    static const char line[] = "exp dtype=f16 rank=1 N=3 x=[12,12,1] dy=[0x1p-20,0,1]";
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const struct vjp_kinks any = {VJP_POINT_ANY, VJP_TIE_ANY};
    struct vjp_reference *reference;
    cr_assert_eq(vjp_reference_create(&c, &data, any, &reference, &error), VJP_OK, "%s",
                 error.text);
    for (int wants = 0; wants < 2; wants++) {
        const struct vjp_model model = {
            .accumulate = VJP_F32, .ulps = VJP_ULPS_DEFAULT, .wants_saved = (uint32_t)wants};
        const enum vjp_standing want = wants ? VJP_EXCUSED : VJP_OUTSIDE;
        struct vjp_element e;
        vjp_measure_element(reference, 2, &model, 0, vjp_bits_infinity(VJP_F16, false), &e);
        cr_expect_eq(e.standing, want, "infinity, wants %d: %d", wants, e.standing);
        vjp_measure_element(reference, 2, &model, 1, vjp_bits_quiet_nan(VJP_F16), &e);
        cr_expect_eq(e.standing, want, "NaN, wants %d: %d", wants, e.standing);
        vjp_measure_element(reference, 2, &model, 2, vjp_bits_quiet_nan(VJP_F16), &e);
        cr_expect_eq(e.standing, VJP_OUTSIDE, "y = e is a number");
    }
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
