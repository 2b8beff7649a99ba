/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/heat.h"

#include "oracle/metric/measure.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_picture(const uint8_t *standing, int64_t rows, int64_t cols, const char *want)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_heat_print(standing, rows, cols, "  ", out);
    fclose(out);
    cr_expect_str_eq(text, want);
    free(text);
}

Test(heat, a_character_for_each_element)
{
    static const uint8_t standing[] = {VJP_CORRECT, VJP_WITHIN,     VJP_OUTSIDE,
                                       VJP_EXCUSED, VJP_UNRESOLVED, VJP_CORRECT};
    expect_picture(
        standing, 2, 3,
        "  # outside, ? unresolved, o may overflow, - within the bound, . correctly rounded\n"
        "  .-#\n"
        "  o?.\n");
    expect_picture(standing, 1, 1, "  . correctly rounded\n  .\n");
    expect_picture(standing, 0, 3, "");
    expect_picture(standing, 3, 0, "");
}

/* 25 x 130 in blocks of 2 x 3; one element outside, in the last block of each direction, is seen. */
Test(heat, of_a_block_the_worst_is_shown)
{
    static uint8_t standing[25 * 130];
    char want[4096] =
        "  # outside, . correctly rounded; a character is the worst of 2 x 3 elements\n";
    standing[24 * 130 + 129] = VJP_OUTSIDE;
    standing[3 * 130 + 4] = VJP_OUTSIDE;
    for (int i = 0; i < 13; i++) {
        char row[64] = "  ";
        for (int j = 0; j < 44; j++)
            row[2 + j] = (i == 12 && j == 43) || (i == 1 && j == 1) ? '#' : '.';
        row[46] = '\n';
        row[47] = '\0';
        strcat(want, row);
    }
    expect_picture(standing, 25, 130, want);
}

/* 50 columns are 25 blocks of two, of which the last sees element 49. */
Test(heat, a_map_has_the_worst_of_each_block)
{
    uint8_t standing[2 * 50] = {0};
    struct vjp_heat_map map;
    standing[49] = VJP_OUTSIDE;
    standing[50] = VJP_WITHIN;
    vjp_heat_map(standing, 2, 50, &map);
    cr_expect(map.high == 1 && map.wide == 2 && map.rows == 2 && map.cols == 25);
    cr_expect_str_eq(map.cells, "........................#-........................");
    cr_expect_eq(vjp_heat_blocks(50, 2), 25);
    cr_expect_eq(vjp_heat_blocks(51, 2), 26);
    cr_expect_eq(vjp_heat_standing('#'), VJP_OUTSIDE);
    cr_expect_eq(vjp_heat_standing('.'), VJP_CORRECT);
    cr_expect_eq(vjp_heat_standing('x'), -1);
}
