/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/freivalds.h"

#include <criterion/criterion.h>
#include <math.h>

/* Residues by hand: 2^61 = 1, 1/2 = 2^60, -1 = p - 1. */
Test(freivalds, residues)
{
    const uint64_t p = VJP_FREIVALDS_PRIME;
    static const struct {
        double x;
        uint64_t want;
    } table[] = {
        {0, 0},
        {-0.0, 0},
        {1, 1},
        {0x1p60, UINT64_C(1) << 60},
        {0x1p61, 1},
        {3 * 0x1p62, 6},
        {0x1p122, 1},
        {0.5, UINT64_C(1) << 60},
        {0x1p-61, 1},
        {0x1.8p-61, 1 + (UINT64_C(1) << 60)},
        {0x1p-1074, UINT64_C(1) << 24}, /* -1074 = -18 * 61 + 24 */
        {0x1p1023, UINT64_C(1) << 47},  /* 1023 = 16 * 61 + 47 */
        {NAN, 0},
        {-INFINITY, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_freivalds_residue(table[i].x), table[i].want, "%a", table[i].x);
    cr_expect_eq(vjp_freivalds_residue(-1), p - 1);
    cr_expect_eq(vjp_freivalds_residue(-0x1p61), p - 1);
    cr_expect_eq(vjp_freivalds_residue(0x1p61 - 0x1p8), p - 255, "2^61 - 256 = p - 255");
    cr_expect_eq(vjp_freivalds_add(p - 1, 1), 0);
    cr_expect_eq(vjp_freivalds_add(p - 1, p - 1), p - 2);
}

/* Rows of A and columns of B far apart in size, whose products doubles do not hold; and each element of C as a
 * sum of two. */
static const double A[2][3] = {{0x1.8p40, -3, 0x1p-1000}, {0, 0x1p-1074, 7}};
static const double B[2][3] = {{5, 0x1p60, 0}, {0x1p-30, -1, 0x1p1000}}; /* by columns */

/* C[0][0] = 7.5 2^40 - 3 2^60, C[0][1] = 1.5 2^10 + 3 + 1, C[1][0] = 2^-1014, C[1][1] = 7 2^1000 - 2^-1074 */
static const double C[2][2][2] = {{{0x1.ep42, -0x1.8p61}, {0x1.8p10, 4}},
                                  {{0x1p-1014, 0}, {0x1.cp1002, -0x1p-1074}}};

static struct vjp_freivalds start(uint64_t seed)
{
    struct vjp_freivalds f;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_freivalds_init(&f, 2, 3, seed, &error), VJP_OK, "%s", error.text);
    vjp_freivalds_add_column(&f, 1, B[1]);
    vjp_freivalds_add_column(&f, 0, B[0]);
    return f;
}

static bool agrees(const struct vjp_freivalds *f, int row, double c0)
{
    uint64_t sum = vjp_freivalds_element(f, 0, c0);
    sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, 0, C[row][0][1]));
    sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, 1, C[row][1][0]));
    sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, 1, C[row][1][1]));
    return sum == vjp_freivalds_row(f, A[row]);
}

Test(freivalds, a_right_row_agrees_and_a_wrong_one_does_not)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct vjp_freivalds f = start(seed);
        for (int row = 0; row < 2; row++) {
            cr_expect(agrees(&f, row, C[row][0][0]));
            cr_expect_not(agrees(&f, row, nextafter(C[row][0][0], 0)), "the last bit");
            cr_expect_not(agrees(&f, row, 0), "an element lost");
        }
        cr_expect_not(agrees(&f, 0, -C[0][0][0]));
        vjp_freivalds_clear(&f);
    }
}

/* What was drawn depends on the seed: elements exchanged within a row are seen. */
Test(freivalds, elements_in_the_wrong_order_do_not_agree)
{
    struct vjp_freivalds f = start(1), g = start(2);
    cr_expect_neq(f.s[0], f.s[1]);
    cr_expect_neq(f.s[0], g.s[0]);
    uint64_t sum = vjp_freivalds_element(&f, 1, C[1][0][0]);
    sum = vjp_freivalds_add(sum, vjp_freivalds_element(&f, 0, C[1][1][0]));
    sum = vjp_freivalds_add(sum, vjp_freivalds_element(&f, 0, C[1][1][1]));
    cr_expect_neq(sum, vjp_freivalds_row(&f, A[1]));
    vjp_freivalds_clear(&f);
    vjp_freivalds_clear(&g);
}
