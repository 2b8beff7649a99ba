/* SPDX-License-Identifier: GPL-3.0-or-later */

/* S and k by hand, where the entries of the Jacobian are computed without loss and where they cancel. */
#include "oracle/jacobian/terms.h"

#include "tests/oracle/jacobian/program_run.h"

static void expect_scale(const char *line, int64_t j, long double scale, int64_t terms)
{
    struct run r;
    run_line(&r, line, ANY_SIDE);
    const long double got = mpfr_get_ld(&r.gradient[0].scale[j], MPFR_RNDU);
    cr_expect(got >= scale * (1 - 0x1p-60L) && got <= scale * (1 + 0x1p-19L),
              "%s: element %d: %Lg, not %Lg", line, (int)j, got, scale);
    cr_expect_eq(r.gradient[0].terms[j], terms, "%s: element %d", line, (int)j);
    clear(&r);
}

/* dx_j = sum over i of y_i ([i = j] - y_j) dy_i. y_0 = 1 - e^-60 as good as: y_0 (1 - y_0) is y_0 y_1. */
Test(terms, of_a_softmax)
{
    const long double e = expl(-60), y1 = e / (1 + e), y0 = 1 / (1 + e);
    expect_scale("softmax dtype=f32 N=1 C=2 x=[60,0] dy=[1,0]", 0, y0 * y1, 1);
    expect_scale("softmax dtype=f32 N=1 C=2 x=[60,0] dy=[1,0]", 1, y0 * y1, 1);
    expect_scale("softmax dtype=f32 N=1 C=2 x=[60,0] dy=[1,-3]", 0, 4 * y0 * y1, 2);
    expect_scale("softmax dtype=f32 N=1 C=2 x=[0,0] dy=[1,-3]", 0, 1, 2);
}

/* One key: y = v whatever q is, and the entries are 0. */
Test(terms, that_cancel_altogether)
{
    struct run r;
    run_line(&r, "attention dtype=f32 B=1 H=1 T=1 S=1 D=1 E=1 q=[0.3] k=[0.7] v=[2] dy=[3]",
             ANY_SIDE);
    cr_expect(mpfr_cmp_d(&r.gradient[0].scale[0], 0x1p-200) < 0);
    cr_expect_eq(r.gradient[0].terms[0], 0);
    clear(&r);
}

/* What was there before is a term. */
Test(terms, with_accumulate)
{
    const long double y = 0.25L;
    expect_scale("softmax dtype=f32 N=1 C=2 x=[0,0] dy=[1,-3] accumulate=1 dx=[5,0]", 0, 4 * y + 5,
                 3);
}
