/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

/* db sums over the dimensions along which b is repeated. */
static const struct shaped shapes[] = {
    {"add dtype=f32 N=2 M=3", {"2x3", "2x3", "2x3"}, 1},
    {"add dtype=f32 broadcast=row N=2 M=3", {"2x3", "3", "2x3"}, 2},
    {"add dtype=f32 broadcast=column N=2 M=3", {"2x3", "2x1", "2x3"}, 3},
    {"add dtype=f32 broadcast=scalar N=2 M=3", {"2x3", "scalar", "2x3"}, 6},
    {"mul dtype=f32 N=2 M=3", {"2x3", "2x3", "2x3"}, 1},
    {"mul dtype=f32 broadcast=row N=2 M=3", {"2x3", "3", "2x3"}, 2},
    {"mul dtype=f32 broadcast=column N=2 M=3", {"2x3", "2x1", "2x3"}, 3},
    {"mul dtype=f32 broadcast=scalar N=2 M=3", {"2x3", "scalar", "2x3"}, 6},
    {"mul dtype=f32 broadcast=row N=0 M=3", {"0x3", "3", "0x3"}, 1},
    {"mul dtype=f32 broadcast=column N=2 M=0", {"2x0", "2x1", "2x0"}, 1},
};

Test(broadcast, b_has_the_shape_that_broadcast_says)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"add dtype=f32 broadcast=all N=2 M=3",
     "column 15: broadcast=all: expected none, row, column or scalar"},
    {"mul dtype=f32 broadcast=row N=2 M=3 b=[1,2]", "b has 3 elements, the list has 2"},
    {"mul dtype=f32 broadcast=scalar N=2 M=3 b=[1,2]", "b has 1 element"},
    {"mul dtype=f32 broadcast=scalar N=2 M=3 b.ld=+1", "b.ld"},
    {"add dtype=f32 broadcast=row N=2 M=3 b.trans=1", "b.trans"},
};

Test(broadcast, what_makes_no_sense_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}
