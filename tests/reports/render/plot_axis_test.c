/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_axis.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_ticks(enum vjp_plot_scale kind, double least, double most, int n,
                         const char *const *want)
{
    const struct vjp_scale scale = vjp_scale_make(kind, least, most);
    cr_assert_eq(scale.n_ticks, n, "%d ticks from %g to %g", scale.n_ticks, least, most);
    for (int i = 0; i < n; i++) {
        char text[32];
        vjp_scale_text(&scale, scale.tick[i], text, sizeof text);
        cr_expect_str_eq(text, want[i]);
    }
    cr_expect_float_eq(vjp_scale_place(&scale, scale.tick[0]), 0, 1e-12);
    cr_expect_float_eq(vjp_scale_place(&scale, scale.tick[n - 1]), 1, 1e-12);
}

Test(plot_axis, ticks)
{
    expect_ticks(
        VJP_PLOT_LINEAR, 3, 97, 11,
        (const char *[]){"0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"});
    expect_ticks(VJP_PLOT_LOG10, 3e-8, 2e-5, 5,
                 (const char *[]){"1e-8", "1e-7", "1e-6", "1e-5", "1e-4"});
    expect_ticks(VJP_PLOT_LOG2, 16, 1024, 7,
                 (const char *[]){"16", "32", "64", "128", "256", "512", "1024"});
    expect_ticks(
        VJP_PLOT_LOG2, 1, 1 << 30, 9,
        (const char *[]){"1", "16", "256", "4096", "2^16", "2^20", "2^24", "2^28", "2^32"});
}

/* Whatever the range, it is covered, and ticks fit. */
Test(plot_axis, every_range_is_covered)
{
    for (int kind = VJP_PLOT_LINEAR; kind <= VJP_PLOT_LOG2; kind++) {
        for (double least = 1e-300; least < 1e290; least *= 1e7) {
            for (double factor = 1; factor < 1e9; factor *= 3.7) {
                const struct vjp_scale s =
                    vjp_scale_make((enum vjp_plot_scale)kind, least, least * factor);
                const double low = vjp_scale_place(&s, least);
                const double high = vjp_scale_place(&s, least * factor);
                cr_assert(s.n_ticks >= 2 && s.n_ticks <= VJP_TICKS_MAX, "%g %g", least, factor);
                cr_assert(low >= -1e-6 && high <= 1 + 1e-6 && low <= high, "%g %g: %g %g", least,
                          factor, low, high);
            }
        }
    }
}

Test(plot_axis, what_has_a_place)
{
    cr_expect(vjp_scale_has(VJP_PLOT_LINEAR, -1));
    cr_expect_not(vjp_scale_has(VJP_PLOT_LINEAR, NAN));
    cr_expect_not(vjp_scale_has(VJP_PLOT_LOG10, 0));
    cr_expect_not(vjp_scale_has(VJP_PLOT_LOG2, INFINITY));
    cr_expect_eq(vjp_scale_make(VJP_PLOT_LOG10, INFINITY, -INFINITY).n_ticks >= 2, true);
}
