/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "tests/cases/gen/filled.h"

#include <stdlib.h>

#define ROWS 4000

/* Of 4000 in 8 kinds each has 500 with a standard deviation of 21. */
#define KINDS 8
#define WIDE  110

Test(classes, a_row_of_labels_has_one_1_anywhere)
{
    int seen[KINDS] = {0};
    struct vjp_data data = generate_sample(VJP_F16, ROWS, KINDS, SAMPLE_L, "labels", 1);
    for (int row = 0; row < ROWS; row++) {
        int ones = 0;
        for (int k = 0; k < KINDS; k++) {
            const double value = filled(&data, SAMPLE_L, row * KINDS + k);
            cr_assert(value == 0 || value == 1);
            ones += value == 1;
            seen[k] += value == 1;
        }
        cr_assert_eq(ones, 1);
    }
    for (int k = 0; k < KINDS; k++)
        cr_expect(abs(seen[k] - ROWS / KINDS) < WIDE, "%d", seen[k]);
    vjp_data_clear(&data);
}

static void count(const char *values, uint64_t seed, int *ignored, int seen[KINDS])
{
    struct vjp_data data = generate_sample(VJP_F64, ROWS, KINDS, SAMPLE_T, values, seed);
    cr_expect_eq(data.slot[SAMPLE_T].dtype, VJP_I32);
    *ignored = 0;
    for (int row = 0; row < ROWS; row++) {
        const int index = (int)filled(&data, SAMPLE_T, row);
        *ignored += index == -100;
        cr_assert(index == -100 || (index >= 0 && index < KINDS), "%d", index);
        if (index >= 0)
            seen[index]++;
    }
    vjp_data_clear(&data);
}

Test(classes, indices_are_uniform_below_their_bound)
{
    int seen[KINDS] = {0};
    int ignored;
    count("index", 2, &ignored, seen);
    cr_expect_eq(ignored, 0);
    for (int k = 0; k < KINDS; k++)
        cr_expect(abs(seen[k] - ROWS / KINDS) < WIDE, "%d", seen[k]);
}

Test(classes, a_share_is_ignored_and_one_at_least)
{
    static const struct {
        const char *values;
        int low, high;
    } rows[] = {{"ignored", 860, 1140},
                {"ignored:0.9", 3500, 3700},
                {"ignored:0", 1, 1},
                {"ignored:1", ROWS, ROWS}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        int seen[KINDS] = {0};
        int ignored;
        count(rows[r].values, 3, &ignored, seen);
        cr_expect(ignored >= rows[r].low && ignored <= rows[r].high, "%s: %d", rows[r].values,
                  ignored);
    }
}

/* 40 of 600: those that come once are few, which indices drawn at random would nearly all do. */
Test(classes, repeats_come_more_than_once_and_are_not_all_the_same)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct vjp_data data = generate_sample(VJP_F32, 40, 600, SAMPLE_T, "repeats", seed);
        int once = 0;
        int first = 0;
        for (int i = 0; i < 40; i++) {
            int same = 0;
            for (int k = 0; k < 40; k++)
                same += filled(&data, SAMPLE_T, i) == filled(&data, SAMPLE_T, k);
            once += same == 1;
            first += filled(&data, SAMPLE_T, i) == filled(&data, SAMPLE_T, 0);
        }
        cr_expect(once < 10, "seed %d: %d", (int)seed, once);
        cr_expect(first < 40, "seed %d", (int)seed);
        vjp_data_clear(&data);
    }
}

Test(classes, there_may_be_one_index_or_no_element)
{
    static const char *const values[] = {"index", "repeats", "ignored:0.5"};
    for (int v = 0; v < 3; v++) {
        struct vjp_data one = generate_sample(VJP_F32, 5, 1, SAMPLE_T, values[v], 4);
        struct vjp_data none = generate_sample(VJP_F32, 0, 3, SAMPLE_T, values[v], 4);
        for (int i = 0; i < 5; i++)
            cr_expect(filled(&one, SAMPLE_T, i) == 0 || v == 2);
        cr_expect_eq(none.slot[SAMPLE_T].count, 0);
        vjp_data_clear(&one);
        vjp_data_clear(&none);
    }
}

Test(classes, a_mask_has_its_share_of_ones)
{
    static const struct {
        const char *values;
        int low, high;
    } rows[] = {
        {"mask", 1840, 2160}, {"mask:0.9", 3500, 3700}, {"mask:0", 0, 0}, {"mask:1", ROWS, ROWS}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_data data = generate_sample(VJP_BF16, ROWS, 1, SAMPLE_M, rows[r].values, 5);
        int ones = 0;
        for (int i = 0; i < ROWS; i++) {
            const double value = filled(&data, SAMPLE_M, i);
            cr_assert(value == 0 || value == 1);
            ones += value == 1;
        }
        cr_expect(ones >= rows[r].low && ones <= rows[r].high, "%s: %d", rows[r].values, ones);
        vjp_data_clear(&data);
    }
}
