/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a block knows of its vectors. */
#include "oracle/exact/block.h"

#include "tests/oracle/exact/blocks.h"

/* What is known of a vector, for each kernel. */
static struct vjp_block_vector known_of(const struct vjp_kernel *kernel,
                                        enum vjp_block_elements elements, const double *v,
                                        int64_t K)
{
    struct vjp_block block;
    struct vjp_error error;
    cr_assert_eq(vjp_block_init(&block, VJP_BLOCK_LEFT, elements, 1, K, &error), VJP_OK);
    block.kernel = kernel;
    vjp_block_set(&block, 0, v);
    const struct vjp_block_vector known = block.vectors[0];
    vjp_block_clear(&block);
    return known;
}

Test(block_vectors, what_is_known_of_a_vector)
{
    static const struct {
        enum vjp_block_elements elements;
        double v[5];
        bool is_finite;
        enum vjp_reach reach;
        int scale;
        int64_t lowest;
        bool is_zero;
    } known[] = {
        {VJP_BLOCK_SHORT, {0, -0.0, 0, 0, 0}, true, VJP_REACH_NARROW, 0, INT64_MAX, true},
        {VJP_BLOCK_SHORT, {1, 1, 1, 1, 1}, true, VJP_REACH_NARROW, 0, 0, false},
        {VJP_BLOCK_SHORT, {0, 1.5, 0, -1.25, 0}, true, VJP_REACH_NARROW, 0, -2, false},
        {VJP_BLOCK_SHORT, {4, 6, -5, 7, 4}, true, VJP_REACH_NARROW, 2, 0, false},
        {VJP_BLOCK_SHORT, {1, 0x1.fffffep0, 1, 1, -8}, true, VJP_REACH_NARROW, 3, -23, false},
        {VJP_BLOCK_SHORT, {0x1p-149, 0, 0, 0, 0}, true, VJP_REACH_NARROW, -149, -149, false},
        {VJP_BLOCK_SHORT, {1.5, 0x1p-60, 0, 0, 0}, true, VJP_REACH_NARROW, 0, -61, false},
        {VJP_BLOCK_SHORT, {1, 0, 0, 0, -0x1.8p-61}, true, VJP_REACH_WIDE, 0, -62, false},
        {VJP_BLOCK_SHORT, {0x1p127, 0x1p-149, 0, 0, 0}, true, VJP_REACH_WIDE, 127, -149, false},
        {VJP_BLOCK_SHORT, {1, 2, INFINITY, 0, 0}, false, VJP_REACH_NARROW, 0, INT64_MAX, true},
        {VJP_BLOCK_SHORT, {1, 2, 3, 4, -INFINITY}, false, VJP_REACH_NARROW, 0, INT64_MAX, true},
        {VJP_BLOCK_SHORT, {1, NAN, 2, 3, 4}, false, VJP_REACH_NARROW, 0, INT64_MAX, true},
        {VJP_BLOCK_LONG, {1, 0x1p-400, 0, 0, 0}, true, VJP_REACH_WIDE, 0, -400, false},
        {VJP_BLOCK_LONG, {1, 0, 0, 0, 0x1.8p-401}, true, VJP_REACH_EXTREME, 0, -402, false},
        {VJP_BLOCK_LONG,
         {0x1p-1074, 0x1p-1073, 0, 0, 0},
         true,
         VJP_REACH_NARROW,
         -1073,
         -1074,
         false},
        {VJP_BLOCK_LONG, {0x1.8p1023, 0, 1, 0, 0}, true, VJP_REACH_EXTREME, 1023, -1, false},
    };
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (int kernel = 0; kernel < count; kernel++) {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            const struct vjp_block_vector is =
                known_of(kernels[kernel], known[i].elements, known[i].v, 5);
            cr_expect(is.is_finite == known[i].is_finite && is.reach == known[i].reach &&
                          is.scale == known[i].scale && is.lowest == known[i].lowest &&
                          is.is_zero == known[i].is_zero,
                      "%s, %zu: finite %d, reach %d, scale %d, lowest %" PRId64 ", zero %d",
                      kernels[kernel]->name, i, is.is_finite, is.reach, is.scale, is.lowest,
                      is.is_zero);
        }
    }
}

/* Every element is a multiple of 2^lowest, and lies where scale says. */
Test(block_vectors, multiples_and_scales)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    uint64_t state = 4;
    for (int n = 0; n < 3000; n++) {
        double v[9], largest = 0;
        const int p = (int)random_between(&state, 1, 53);
        draw(&state, n % 2 ? SPREAD : NORMAL, p, 400, false, 9, v);
        const struct vjp_block_vector is = known_of(kernels[n % count], VJP_BLOCK_LONG, v, 9);
        for (int k = 0; k < 9; k++) {
            check(&t, fmod(v[k], ldexp(1, (int)is.lowest)) == 0, "%a is no multiple of 2^%" PRId64,
                  v[k], is.lowest);
            largest = fmax(largest, fabs(v[k]));
        }
        check(&t, ldexp(1, is.scale) <= largest && largest < ldexp(2, is.scale), "%a at %d",
              largest, is.scale);
        if (n % 2 == 0)
            check(&t, is.lowest >= -3 - p + 1, "2^%" PRId64 " for %d bits", is.lowest, p);
    }
    tally_assert(&t, 30000);
}

/* Short elements come back as they were set, from either side. */
Test(block_vectors, short_elements_are_kept)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    uint64_t state = 5;
    for (int n = 0; n < count; n++) {
        struct pair p;
        double room[9];
        pair_init(&p, VJP_BLOCK_SHORT, 20, 21, 9, kernels[n]);
        pair_draw(&p, &state, SPREAD, 24, 120);
        pair_multiply(&p);
        for (int i = 0; i < 20; i++)
            check(&t, memcmp(vjp_block_get(&p.left, i, room), p.a + i * 9, sizeof room) == 0,
                  "left vector %d", i);
        for (int j = 0; j < 21; j++)
            check(&t, memcmp(vjp_block_get(&p.right, j, room), p.b + j * 9, sizeof room) == 0,
                  "right vector %d", j);
        pair_clear(&p);
    }
    tally_assert(&t, 41);
}

Test(block_vectors, too_long)
{
    struct vjp_block block = {.K = 77};
    struct vjp_error error = {""};
    cr_expect_eq(
        vjp_block_init(&block, VJP_BLOCK_LEFT, VJP_BLOCK_SHORT, 1, VJP_BLOCK_TERMS_MAX + 1, &error),
        VJP_ERR_LIMIT);
    cr_expect_eq(block.K, 77);
    cr_expect_not_null(strstr(error.text, "16777217"), "%s", error.text);
    cr_expect_eq(vjp_block_init(&block, VJP_BLOCK_RIGHT, VJP_BLOCK_LONG, INT64_MAX / 4,
                                VJP_BLOCK_TERMS_MAX, &error),
                 VJP_ERR_LIMIT);
    cr_expect_eq(block.K, 77);
}
