/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_svg.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double sizes[] = {16, 64, 256}, errors[] = {1e-7, 0, INFINITY};

static char *draw_as(int n_series, int n_curves,
                     void (*print)(const struct vjp_plot *plot, FILE *out))
{
    static const struct vjp_plot_series one = {
        .name = "a<b> & \"c\"", .n = 3, .x = sizes, .y = errors};
    struct vjp_plot_series many[12];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (int i = 0; i < 12; i++)
        many[i] = one;
    const struct vjp_plot plot = {.title = "error <of> x",
                                  .about = "about & more",
                                  .x = {"k, terms", VJP_PLOT_LOG2},
                                  .y = {"error, in u", VJP_PLOT_LOG10},
                                  .n_series = n_series,
                                  .series = many,
                                  .n_curves = n_curves,
                                  .curves = many};
    print(&plot, out);
    fclose(out);
    return text;
}

static char *draw(int n_series, int n_curves)
{
    return draw_as(n_series, n_curves, vjp_plot_svg_print);
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

/* XML without anybody's help: every tag that opens closes, in order. */
static void expect_nested(const char *text)
{
    char *open[64];
    int depth = 0;
    for (const char *p = strchr(text, '<'); p; p = strchr(p + 1, '<')) {
        const char *end = strchr(p, '>');
        cr_assert_not_null(end);
        if (p[1] == '/') {
            cr_assert_gt(depth, 0);
            depth--;
            cr_expect_eq(strncmp(open[depth], p + 2, strlen(open[depth])), 0);
            free(open[depth]);
        } else if (end[-1] != '/') {
            cr_assert_lt(depth, 64);
            open[depth++] = strndup(p + 1, strcspn(p + 1, " >"));
        }
    }
    cr_expect_eq(depth, 0);
}

Test(plot_svg, texts_are_escaped_and_tags_nest)
{
    char *text = draw(2, 1);
    cr_expect_eq(strncmp(text, "<svg xmlns=", 11), 0);
    cr_expect_not_null(strstr(text, "<title>error &#60;of&#62; x</title>"));
    cr_expect_not_null(strstr(text, "<desc>about &#38; more</desc>"));
    cr_expect_null(strstr(text, "a<b>"));
    cr_expect_not_null(strstr(text, ">k, terms</text>"));
    cr_expect_not_null(strstr(text, ">error, in u</text>"));
    expect_nested(text);
    free(text);
}

Test(plot_svg, what_has_no_place_is_left_out_and_told)
{
    char *text = draw(1, 0);
    cr_expect_not_null(strstr(text, ">not drawn: 2 points at 0 or not finite</text>"));
    cr_expect_null(strstr(text, "nan"));
    cr_expect_null(strstr(text, "inf\""));
    cr_expect_eq(count(text, "<circle"), 2, "a mark in the plot, one in the legend");
    free(text);
}

Test(plot_svg, ten_series_differ_in_mark_colour_and_dashes_and_more_are_told)
{
    char *text = draw(12, 0);
    cr_expect_not_null(strstr(text, ">not drawn: 2 more series</text>"));
    for (int i = 0; i < VJP_PLOT_SERIES_MAX; i++) {
        char class[32];
        snprintf(class, sizeof class, "class=\"vjp-plot-s%d", i);
        cr_expect_geq(count(text, class), 2, "%s", class);
    }
    free(text);
}

Test(plot_svg, a_page_may_hold_it_beside_others)
{
    char *text = draw(1, 1);
    const char *style = strstr(text, "<style>");
    cr_assert_not_null(style);
    cr_expect_not_null(strstr(style, "prefers-color-scheme:dark"));
    const char *end = strstr(style, "</style>");
    for (const char *p = strchr(style, '{'); p && p < end; p = strchr(p + 1, '{')) {
        const char *start = p;
        while (start > style && start[-1] != '}' && start[-1] != '{' && start[-1] != '>' &&
               start[-1] != '\n')
            start--;
        cr_expect(strncmp(start, ".vjp-plot", 9) == 0 || strncmp(start, "@media", 6) == 0, "%.40s",
                  start);
    }
    free(text);
}

Test(plot_svg, of_nothing_there_is_an_empty_frame)
{
    char *text = draw(0, 0);
    expect_nested(text);
    cr_expect_null(strstr(text, "nan"));
    free(text);
}

/* The page has the rules, and says what it is. */
Test(plot_svg, embedded_it_has_no_style_of_its_own)
{
    char *text = draw_as(2, 1, vjp_plot_svg_embed);
    expect_nested(text);
    cr_expect_null(strstr(text, "<style>"));
    cr_expect_null(strstr(text, "vjp-plot-page"));
    cr_expect_eq(count(text, "error &#60;of&#62; x"), 1, "for who cannot see it");
    cr_expect_not_null(strstr(text, "role=\"img\""));
    free(text);
}
