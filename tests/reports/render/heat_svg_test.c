/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/heat_svg.h"

#include "oracle/metric/measure.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *draw(const struct vjp_heat_panel *panels, int n, const char *title)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_heat_svg_print(panels, n, title, "a < b & c", out);
    fclose(out);
    return text;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

/* Three squares of a row: two alike are one rectangle. */
Test(heat_svg, a_square_for_an_element_and_a_legend_of_what_occurs)
{
    const uint8_t standing[] = {VJP_CORRECT, VJP_CORRECT, VJP_OUTSIDE,
                                VJP_WITHIN,  VJP_WITHIN,  VJP_WITHIN};
    const struct vjp_heat_panel panel = {.name = "dw", .standing = standing, .rows = 2, .cols = 3};
    char *text = draw(&panel, 1, "a kernel: wrong");
    cr_expect_eq(strncmp(text, "<svg xmlns=", 11), 0);
    cr_expect_not_null(strstr(text, ">a kernel: wrong</text>"));
    cr_expect_not_null(strstr(text, "<desc>a &lt; b &amp; c</desc>"));
    cr_expect_not_null(strstr(text, ">dw: 2 x 3, 1 outside the bound</text>"));
    cr_expect_eq(count(text, "<rect class=\"c\""), 2, "one in the picture, one in the legend");
    cr_expect_eq(count(text, "<rect class=\"o\""), 2);
    cr_expect_eq(count(text, "<rect class=\"w\""), 2);
    cr_expect_eq(count(text, "may overflow"), 0);
    cr_expect_not_null(
        strstr(text, "<rect class=\"c\" x=\"60\" y=\"88\" width=\"48\" height=\"24\"/>"));
    cr_expect_eq(count(text, "a square is the worst"), 0);
    free(text);
}

/* One wrong element of many is seen. */
Test(heat_svg, a_square_shows_the_worst_of_its_elements)
{
    enum { ROWS = 200, COLS = 300 };
    uint8_t *standing = calloc(ROWS * COLS, 1);
    const struct vjp_heat_panel panel = {
        .name = "dx", .standing = standing, .rows = ROWS, .cols = COLS};
    standing[150 * COLS + 299] = VJP_OUTSIDE;
    char *text = draw(&panel, 1, "t");
    cr_expect_eq(count(text, "<rect class=\"o\""), 2);
    cr_expect_not_null(strstr(text, ">a square is the worst of 3 x 4 elements</text>"));
    cr_expect_not_null(strstr(text, ">199</text>"));
    cr_expect_not_null(strstr(text, ">299</text>"));
    free(text);
    free(standing);
}

Test(heat_svg, is_well_formed)
{
    const uint8_t standing[] = {VJP_UNRESOLVED, VJP_EXCUSED};
    const struct vjp_heat_panel panels[] = {
        {.name = "dx", .standing = standing, .rows = 1, .cols = 2},
        {.name = "a<b", .standing = standing, .rows = 2, .cols = 1}};
    char *text = draw(panels, 2, "1 < 2 & \x01 3 > 2");
    char path[] = "/tmp/vjp_heat_XXXXXX";
    char command[96];
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    snprintf(command, sizeof command, "xmllint --noout %s", path);
    cr_expect_eq(system(command), 0);
    remove(path);
    free(text);
}

/* A map of 2 x 3 blocks of a gradient of 20 x 300: its axes and counts are the gradient's, its colours the page's. */
Test(heat_svg, a_map_is_drawn_as_what_it_stands_for)
{
    static const uint8_t standing[] = {0, 0, VJP_OUTSIDE, 0, 0, 0};
    const struct vjp_heat_panel panel = {.name = "dw",
                                         .standing = standing,
                                         .rows = 2,
                                         .cols = 3,
                                         .high = 10,
                                         .wide = 100,
                                         .all_rows = 20,
                                         .all_cols = 300,
                                         .outside = 7};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_heat_svg_embed(&panel, 1, "where", "a case", out);
    fclose(out);
    cr_expect_not_null(strstr(text, "dw: 20 x 300, 7 outside the bound"), "%s", text);
    cr_expect_not_null(strstr(text, "a square is the worst of 10 x 100 elements"));
    cr_expect_not_null(strstr(text, ">19</text>"));
    cr_expect_not_null(strstr(text, ">299</text>"));
    cr_expect_not_null(strstr(text, "<title>where</title>"));
    cr_expect_null(strstr(text, "<style>"));
    free(text);
}
