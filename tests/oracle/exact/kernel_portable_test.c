/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include "tests/oracle/tally.h"

#define TERMS  23
#define STRIDE 30
#define LD     11

/* A tile of integers, whose sums are known; rows and columns that are not wanted stay as they were. */
struct tile {
    double left[VJP_TILE_ROWS * STRIDE], right[TERMS * VJP_TILE_COLS];
    double c[VJP_TILE_ROWS * LD], lo[VJP_TILE_ROWS * LD], s[VJP_TILE_ROWS * LD];
};

static void fill(struct tile *tile, uint64_t *state)
{
    for (int k = 0; k < VJP_TILE_ROWS * STRIDE; k++)
        tile->left[k] = (double)random_between(state, -9, 9);
    for (int k = 0; k < TERMS * VJP_TILE_COLS; k++)
        tile->right[k] = (double)random_between(state, -9, 9);
    for (int k = 0; k < VJP_TILE_ROWS * LD; k++) {
        tile->c[k] = tile->s[k] = 1000;
        tile->lo[k] = 0.5;
    }
}

static int64_t sum_of(const struct tile *tile, int i, int j, bool magnitudes)
{
    int64_t sum = 0;
    for (int k = 0; k < TERMS; k++) {
        const int64_t product =
            (int64_t)tile->left[i * STRIDE + k] * (int64_t)tile->right[k * VJP_TILE_COLS + j];
        sum += magnitudes && product < 0 ? -product : product;
    }
    return sum;
}

Test(kernel_portable, a_tile_of_integers)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int n = 0; n < 96; n++) {
        static struct tile tile;
        fill(&tile, &state);
        const struct vjp_tile given = {
            .terms = TERMS,
            .rows = 1 + n % VJP_TILE_ROWS,
            .cols = 1 + n / 2 % VJP_TILE_COLS,
            .first = n % 2 == 0,
            .left = tile.left,
            .right = tile.right,
            .left_stride = STRIDE,
            .c = tile.c,
            .lo = tile.lo,
            .s = tile.s,
            .ld = LD,
        };
        const bool is_long = n >= 48;
        (is_long ? vjp_kernel_portable.sum_long : vjp_kernel_portable.sum)(&given);
        vjp_kernel_portable.magnitude(&given);
        for (int at = 0; at < VJP_TILE_ROWS * LD; at++) {
            const int i = at / LD, j = at % LD;
            const bool wanted = i < given.rows && j < given.cols;
            const double before = wanted && given.first ? 0 : 1000;
            const double sum = wanted ? (double)sum_of(&tile, i, j, false) : 0;
            const double magnitude = wanted ? (double)sum_of(&tile, i, j, true) : 0;
            const double lo = is_long && wanted && given.first ? 0 : 0.5;
            check(&t, tile.c[at] == before + sum && tile.lo[at] == lo, "%d: %a + %a at (%d,%d)", n,
                  tile.c[at], tile.lo[at], i, j);
            check(&t, tile.s[at] == before + magnitude * VJP_MAGNITUDE_UP, "%d: %a at (%d,%d)", n,
                  tile.s[at], i, j);
        }
    }
    tally_assert(&t, 10000);
}

Test(kernel_portable, packs_with_steps)
{
    static const double v[3] = {1.5, -0x1.000001p3, 0};
    const struct vjp_packing packing = {.scale = {4, 0.125}, .narrow_scale = 2};
    double out[6] = {7, 7, 7, 7, 7, 7};
    float narrow[9] = {7, 7, 7, 7, 7, 7, 7, 7, 7};
    vjp_kernel_pack(v, 3, &packing, out, 2, narrow, 3);
    static const double expected[6] = {0.75, 7, -0x1.000001p2, 7, 0, 7};
    static const float expected_narrow[9] = {1.5F, 7, 7, 8, 7, 7, 0, 7, 7};
    for (int k = 0; k < 6; k++)
        cr_expect_eq(out[k], expected[k], "%d: %a", k, out[k]);
    for (int k = 0; k < 9; k++)
        cr_expect_eq(narrow[k], expected_narrow[k], "%d: %a", k, (double)narrow[k]);
}
