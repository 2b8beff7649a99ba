/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/spec/layers/table.h"

static const struct shaped shapes[] = {
    /* da sums over N, db over M. */
    {"matmul dtype=f32 B=2 M=3 K=4 N=5", {"2x3x4", "2x4x5", "2x3x5"}, 5},
    {"matmul dtype=f32 trans_a=1 B=2 M=7 K=4 N=5", {"2x4x7", "2x4x5", "2x7x5"}, 7},
    {"matmul dtype=f32 trans_b=1 B=2 M=3 K=4 N=5", {"2x3x4", "2x5x4", "2x3x5"}, 5},
    {"matmul dtype=f32 trans_a=1 trans_b=1 B=1 M=3 K=9 N=5", {"1x9x3", "1x5x9", "1x3x5"}, 5},
    /* All tokens may be alike. */
    {"embedding dtype=f32 N=4 V=3 D=2", {"3x2", "4", "4x2"}, 4},
    {"embedding dtype=f32 N=0 V=0 D=2", {"0x2", "0", "0x2"}, 0},
    /* dq sums over S, dk and dv over T. */
    {"attention dtype=f32 B=2 H=3 T=4 S=5 D=6 E=7",
     {"2x3x4x6", "2x3x5x6", "2x3x5x7", "2x3x4x7", "2x3x4x7", "2x3x4", "2x3x4x5"},
     5},
    {"attention dtype=f32 causal=1 B=1 H=1 T=5 S=5 D=1 E=1",
     {"1x1x5x1", "1x1x5x1", "1x1x5x1", "1x1x5x1", "1x1x5x1", "1x1x5", "1x1x5x5"},
     5},
    {"rope dtype=f32 N=4 H=3 D=6", {"4x3x6", "4x3", "4x3", "4x3x6"}, 2},
    {"swiglu dtype=f32 rank=3 N=4 M=3 P=2", {"4x3x2", "4x3x2", "4x3x2"}, 2},
    {"dropout dtype=f32 rank=1 N=4", {"4", "4", "4"}, 2},
};

Test(transformer, shapes_and_longest_sums_follow_from_sizes_and_attributes)
{
    for (int i = 0; i < TABLE_COUNT(shapes); i++)
        shaped_check(&shapes[i]);
}

static const struct refused impossible[] = {
    {"matmul dtype=f32 trans_a=2 B=1 M=1 K=1 N=1", "column 18: trans_a=2: expected 0 to 1"},
    {"embedding dtype=f32 N=1 V=0 D=3",
     "column 25: V=0: expected a table with rows for the N=1 tokens"},
    {"attention dtype=f32 causal=1 B=1 H=1 T=3 S=2 D=1 E=1",
     "S=2: expected at least T=3 keys with causal=1: the first query would see none"},
    {"attention dtype=f32 B=1 H=1 T=3 S=0 D=1 E=1",
     "S=0: expected a key or more for the T=3 queries"},
    {"attention dtype=f32 B=1 H=1 T=3 S=2 D=0 E=1",
     "D=0: expected 1 or more where scale is 1/sqrt(D)"},
    {"attention dtype=f32 scale=-1 B=1 H=1 T=3 S=2 D=1 E=1", "scale=-1: expected 0 to 1000"},
    {"rope dtype=f32 N=1 H=1 D=3", "column 24: D=3: expected an even number"},
    {"rope dtype=f32 layout=other N=1 H=1 D=2", "half"},
    {"dropout dtype=f32 p=1 N=1 M=1", "column 19: p=1: expected less than 1"},
    {"dropout dtype=f32 p=2 N=1 M=1", "column 19: p=2: expected 0 to below 1"},
    {"dropout dtype=f32 rank=1 N=2 mask=[0,0.5]", "mask"},
    {"dropout dtype=f32 rank=1 N=2 mask=[0,2]", "mask[1]=2: expected 0 or 1"},
    {"embedding dtype=f32 N=2 V=3 D=1 t=[0,3]", "t[1]=3: expected an index from 0 to 2"},
    {"embedding dtype=f32 N=2 V=3 D=1 t=[-1,0]", "t[0]=-1: expected an index from 0 to 2"},
    {"swiglu dtype=f32 rank=1 N=2 M=2", "M"},
};

Test(transformer, what_makes_no_sense_is_refused_by_name)
{
    for (int i = 0; i < TABLE_COUNT(impossible); i++)
        refused_check(&impossible[i]);
}
