/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

#include "cases/spec/layers/window.h"

/* How often the window, shifted by stride from -padding on, ends inside the padded size. */
static int64_t count_windows(int64_t size, int64_t taps, int64_t stride, int64_t padding,
                             int64_t dilation)
{
    int64_t count = 0;
    for (int64_t first = -padding; first + (taps - 1) * dilation < size + padding; first += stride)
        count++;
    return count;
}

Test(spatial, windows_are_as_many_as_one_can_lay_out)
{
    int failed = 0;
    for (int64_t size = 0; size <= 12; size++) {
        for (int64_t i = 0; i < 5 * 4 * 4 * 3; i++) {
            const int64_t taps = 1 + i % 5, stride = 1 + i / 5 % 4, padding = i / 20 % 4;
            const int64_t dilation = 1 + i / 80;
            failed += vjp_window_count(size, taps, stride, padding, dilation) !=
                      count_windows(size, taps, stride, padding, dilation);
        }
    }
    cr_expect_eq(failed, 0);
}

/* conv2d: dx sums at most K/groups R S, dw and db N OH OW. pools: kernel / stride windows, rounded up,
 * hold an element, along each axis. */
static const struct shaped shapes[] = {
    {"conv2d dtype=f32 N=2 C=3 H=8 W=7 K=4 R=3 S=2",
     {"2x3x8x7", "4x3x3x2", "-", "2x4x6x6"},
     2 * 6 * 6},
    {"conv2d dtype=f32 bias=1 N=1 C=3 H=3 W=3 K=40 R=3 S=3",
     {"1x3x3x3", "40x3x3x3", "40", "1x40x1x1"},
     40 * 9},
    {"conv2d dtype=f32 stride=2 padding=1 dilation=3 groups=2 N=1 C=4 H=9 W=8 K=6 R=3 S=2",
     {"1x4x9x8", "6x2x3x2", "-", "1x6x3x4"},
     3 * 6},
    {"conv2d dtype=f32 padding=8 N=0 C=0 H=1 W=1 K=0 R=17 S=1",
     {"0x0x1x1", "0x0x17x1", "-", "0x0x1x17"},
     0},
    {"maxpool2d dtype=f32 N=2 C=3 H=7 W=4", {"2x3x7x4", "2x3x3x2", "2x3x3x2"}, 1},
    {"maxpool2d dtype=f32 kernel=3 stride=2 padding=1 N=1 C=1 H=5 W=1",
     {"1x1x5x1", "1x1x3x1", "1x1x3x1"},
     4},
    {"avgpool2d dtype=f32 kernel=3 stride=1 N=1 C=1 H=5 W=3", {"1x1x5x3", "1x1x3x1"}, 9},
    {"avgpool2d dtype=f32 kernel=1 stride=5 N=1 C=1 H=6 W=5", {"1x1x6x5", "1x1x2x1"}, 1},
};

Test(spatial, shapes_and_longest_sums_follow_from_sizes_and_attributes)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"conv2d dtype=f32 groups=3 N=1 C=4 H=3 W=3 K=3 R=1 S=1",
     "column 18: groups=3: expected a divisor of C=4 and of K=3"},
    {"conv2d dtype=f32 groups=3 N=1 C=3 H=3 W=3 K=4 R=1 S=1",
     "column 18: groups=3: expected a divisor of C=3 and of K=4"},
    {"conv2d dtype=f32 N=1 C=1 H=3 W=3 K=1 R=4 S=1",
     "column 38: R=4: expected a filter that fits: with dilation=1 it spans 4, but H=3 with "
     "padding=0 has 3"},
    {"conv2d dtype=f32 padding=1 dilation=4 N=1 C=1 H=3 W=2 K=1 R=2 S=2",
     "S=2: expected a filter that fits: with dilation=4 it spans 5, but W=2 with padding=1 has 4"},
    {"conv2d dtype=f32 N=1 C=1 H=3 W=3 K=1 R=1 S=0",
     "column 42: S=0: expected a filter of 1 or more"},
    {"conv2d dtype=f32 N=1 C=1 H=3 W=3 K=1 R=0 S=1", "R=0: expected a filter of 1 or more"},
    {"conv2d dtype=f32 stride=0 N=1 C=1 H=3 W=3 K=1 R=1 S=1", "stride=0: expected 1 to 8"},
    {"conv2d dtype=f32 padding=-1 N=1 C=1 H=3 W=3 K=1 R=1 S=1", "padding=-1: expected 0 to 8"},
    {"conv2d dtype=f32 N=1 C=1 H=3 W=3 K=1 R=1 S=1 b=[1]",
     "column 46: found b; expected no such field"},
    {"maxpool2d dtype=f32 padding=2 N=1 C=1 H=3 W=3",
     "column 21: padding=2: expected at most 1, half of kernel=2"},
    {"maxpool2d dtype=f32 kernel=1 padding=1 N=1 C=1 H=3 W=3", "padding=1: expected at most 0"},
    {"maxpool2d dtype=f32 kernel=5 padding=1 N=1 C=1 H=3 W=2",
     "W=2: expected room for a window: kernel=5 with padding=1 needs 3 or more"},
    {"maxpool2d dtype=f32 padding=1 N=1 C=1 H=0 W=2",
     "H=0: expected room for a window: kernel=2 with padding=1 needs 1 or more"},
    {"avgpool2d dtype=f32 N=1 C=1 H=1 W=3",
     "H=1: expected room for a window: kernel=2 with padding=0 needs 2 or more"},
    {"avgpool2d dtype=f32 count_include_pad=2 N=1 C=1 H=2 W=2",
     "count_include_pad=2: expected 0 to 1"},
};

Test(spatial, what_gives_no_output_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}
