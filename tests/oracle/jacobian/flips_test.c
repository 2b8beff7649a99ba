/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which kinks rounding may decide otherwise, and what that changes: by hand, through the gradients of
 * cases. */
#include "oracle/jacobian/flips.h"

#include "oracle/jacobian/derive.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

static void derive(const char *line, struct vjp_derivation *d)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    cr_assert_eq(vjp_derive(&c, &data, 256, ANY_SIDE, NULL, d, &error), VJP_OK, "%s: %s", line,
                 error.text);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* x w = a c + b d with a = 1 + 2^-23, c = 1 + 2^-23, b = -1, d = 1 + 2^-22: 2^-46, by the cancellation of
 * two terms of about 1, which are rounded. The sum of two rounded products is off by u (|ac| + |bd|) for
 * the products and u (|ac| + |bd|) for the sum. On the other side, dx is 0 in place of w dy. */
Test(flips, a_sum_that_cancels)
{
    struct vjp_derivation d;
    const long double c = 1 + 0x1p-23L, dd = 1 + 0x1p-22L, margin = 0x1p-46L;
    derive("linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[0x1.000002p0,-1] "
           "1.w=[0x1.000002p0,0x1.000004p0] dy=[3]",
           &d);
    const struct vjp_sensitivity *s = &d.gradient[0].sensitivity[0];
    cr_assert_eq(s->n_flips, 1);
    cr_expect_eq(s->flip[0].margin, margin);
    cr_expect_float_eq((double)s->flip[0].basic, (double)(2 * (c * c + dd)), 1e-12);
    cr_expect_float_eq((double)s->flip[0].change, (double)(3 * c), 1e-12);
    cr_expect_eq(s->flip[0].elementary, 0);
    cr_expect_eq(s->flip[0].underflow, 2, "two products");
    s = &d.gradient[1].sensitivity[1];
    cr_assert_eq(s->n_flips, 1);
    cr_expect_float_eq((double)s->flip[0].change, 3, 1e-12, "x = -1");
    vjp_derivation_clear(&d);
}

/* What no rounding changes: large margins, exact data, and a kink that is open anyway. */
Test(flips, none)
{
    static const char *const lines[] = {
        "linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[0x1.000002p0,1] 1.w=[0x1.2p0,1] dy=[3]",
        "linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[3,-5] 1.w=[5,3] dy=[3]",
        "linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[3,-5] 1.w=[5,2.75] dy=[3]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct vjp_derivation d;
        derive(lines[i], &d);
        const struct vjp_sensitivity *s = d.gradient[0].sensitivity;
        cr_expect(!s || s->n_flips == 0, "row %zu", i);
        vjp_derivation_clear(&d);
    }
}

/* x w = 2^-160 becomes 0 in f32: a kernel may see a kink where there is none. */
Test(flips, a_margin_that_underflows)
{
    struct vjp_derivation d;
    derive("linear | relu dtype=f32 1.N=1 1.D=1 1.M=1 1.x=[0x1p-80] 1.w=[0x1p-80] dy=[3]", &d);
    const struct vjp_sensitivity *s = &d.gradient[0].sensitivity[0];
    cr_assert_eq(s->n_flips, 1);
    cr_expect_eq(s->flip[0].margin, 0x1p-160L);
    cr_expect_eq(s->flip[0].underflow, 1);
    cr_expect_float_eq((double)s->flip[0].change, 3 * 0x1p-80, 1e-30);
    vjp_derivation_clear(&d);
}

/* Of [v, w, -9, -1], v and w rounded and nearly equal, either may be the largest: both shares may change. */
Test(flips, a_tie_that_rounding_decides)
{
    struct vjp_derivation d;
    derive("mul | maxpool2d dtype=f32 2.kernel=2 1.N=1 1.M=4 2.N=1 2.C=1 2.H=2 2.W=2 "
           "1.x=[0x1.000002p0,0x1.000004p0,-9,1] 1.b=[0x1.000002p0,1,1,-1] dy=[2]",
           &d);
    for (int i = 0; i < 4; i++) {
        const struct vjp_sensitivity *s = &d.gradient[0].sensitivity[i];
        cr_assert_eq(s->n_flips, i < 2, "element %d", i);
        if (i < 2)
            cr_expect_float_eq((double)s->flip[0].change, 2, 1e-5, "element %d", i);
    }
    vjp_derivation_clear(&d);
}

/* A recording without kinks needs no memory of them. */
Test(flips, no_kinks)
{
    struct vjp_error error;
    struct vjp_flips flips;
    struct vjp_sensitivity s = {0};
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    vjp_tape_exp(tape, vjp_tape_leaf(tape, VJP_F32, 0));
    struct vjp_influence *influence = vjp_influence_create(tape);
    cr_assert_eq(vjp_flips_init(&flips, tape, influence, &error), VJP_OK);
    cr_expect_eq(flips.count, 0);
    cr_expect_eq(vjp_flips_find(&flips, influence, 0, &s, &error), VJP_OK);
    cr_expect(s.n_flips == 0 && s.flip == NULL);
    vjp_flips_clear(&flips);
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}
