/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Correct kernels in float where rounding decides much: margins of computed numbers, functions far out. */
#include "tests/oracle/metric/stand.h"

#include <math.h>
#include <stdio.h>

static bool is_right(enum vjp_standing standing)
{
    return standing == VJP_CORRECT || standing == VJP_WITHIN;
}

/* x w = -60 comes of 1,100 - 1,160: it is off by 1e-4, and so is the sigmoid, of itself, though its slope
 * is as small as it is. */
Test(bound_kinks, a_sigmoid_far_out_hands_errors_on)
{
    static const float x[][2] = {{1000.1f, 1160.3f}, {1000.1f, 1140.3f}, {10000.1f, 11060.3f}};
    for (int i = 0; i < 3; i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "linear | sigmoid dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[%.9g,%.9g] 1.w=[1.1,-1] dy=[1]",
                 (double)x[i][0], (double)x[i][1]);
        const float a = x[i][0] * 1.1f - x[i][1], s = 1 / (1 + expf(-a));
        cr_expect(is_right(stand(line, 0, s * (1 - s) * 1.1f)), "%s", line);
        cr_expect_eq(stand(line, 0, s * (1 - s) * 1.2f), VJP_OUTSIDE, "%s", line);
    }
}

/* The sum is 0 or a little more as it is added up: with the relu open dx is dy w, rounded. */
Test(bound_kinks, the_other_side_of_a_kink_may_be_rounded)
{
    static const float dy[] = {0.1f, 0.3f, 0.7f, 1.1f, 1.3f};
    for (int i = 0; i < 5; i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "linear | relu dtype=f32 1.N=1 1.D=4 1.M=1 1.x=[1,0x1.8p-24,-1,-0x1.cp-24] "
                 "1.w=[1.1,1.1,1.1,1.1] dy=[%.9g]",
                 (double)dy[i]);
        cr_expect(is_right(stand(line, 0, dy[i] * 1.1f)), "%s", line);
        cr_expect(is_right(stand(line, 0, 0)), "%s", line);
        cr_expect_eq(stand(line, 0, dy[i] * 1.2f), VJP_OUTSIDE, "%s", line);
    }
}

/* The margin x[0] - x[1] + delta is near 0; added up as (x[0] + delta) - x[1] it is off by 1e-3. */
Test(bound_kinks, a_hinge_may_add_its_margin_in_any_order)
{
    static const char line[] = "hinge dtype=f32 delta=0.1 N=1 C=2 x=[10000,10000.1] t=[1] dy=[1]";
    cr_expect(is_right(stand(line, 0, 1)));
    cr_expect(is_right(stand(line, 0, 0)));
    cr_expect_eq(stand(line, 0, 3), VJP_OUTSIDE);
}
