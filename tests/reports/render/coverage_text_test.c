/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char source[] = "void f(int m)\n"
                             "{\n"
                             "    if (m % 8 != 0)\n"
                             "        for (;;) {\n"
                             "            tail();\n"
                             "        }\n"
                             "    more(\x1b);\n"
                             "}\n";

enum { M = 2 };

static char *print(struct vjp_coverage_line *lines, int count, const struct vjp_census *census)
{
    char root[] = "/tmp/vjpcheck-coverage-XXXXXX";
    char path[64];
    char *text = NULL;
    size_t size;
    struct vjp_coverage_file file = {.path = (char[]){"k.c"}, .line = lines, .count = count};
    struct vjp_coverage coverage = {.file = &file, .count = 1};
    cr_assert_not_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/k.c", root);
    FILE *out = fopen(path, "w");
    fputs(source, out);
    fclose(out);
    out = open_memstream(&text, &size);
    cr_assert_eq(vjp_coverage_explain(&coverage, root, census, NULL), VJP_OK);
    vjp_coverage_print(&coverage, out);
    fclose(out);
    unlink(path);
    rmdir(root);
    return text;
}

/* linear with M a multiple of 8 only, from 8 to 24. */
static struct vjp_census make_census(void)
{
    struct vjp_census census = {0};
    struct vjp_case c;
    struct vjp_error error;
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), VJP_F32, &error), VJP_OK);
    for (c.dim[M] = 8; c.dim[M] <= 24; c.dim[M] += 8)
        cr_assert_eq(vjp_census_add(&census, &c, &error), VJP_OK);
    vjp_case_clear(&c);
    return census;
}

Test(coverage_text, what_was_not_reached_and_why)
{
    struct vjp_coverage_line lines[] = {
        {.number = 3, .ran = true, .branches = 2, .taken = 1},
        {.number = 4, .branches = 2},
        {.number = 5},
        {.number = 7, .ran = true},
    };
    struct vjp_census census = make_census();
    char *text = print(lines, 4, &census);
    cr_expect_str_eq(text,
                     "k.c: 2 of 4 lines ran, 1 of 4 branches were taken\n"
                     "  4 to 5 never ran: for (;;) {\n"
                     "    since no case got past 3: if (m % 8 != 0)\n"
                     "      M was 8-15, 16-31; M % 8 was always 0; M % 16 had 2 of 16 values; "
                     "M % 32 had 3 of 32 values\n"
                     "  3: 1 of 2 branches never taken: if (m % 8 != 0)\n",
                     "%s", text);
    free(text);
    vjp_census_clear(&census);
}

/* A line that stands alone and unguarded, whose text would turn a terminal's colours. */
Test(coverage_text, text_is_escaped)
{
    struct vjp_coverage_line lines[] = {{.number = 7}};
    const struct vjp_census census = {0};
    char *text = print(lines, 1, &census);
    cr_expect_not_null(strstr(text, "  7 never ran: more("));
    cr_expect_null(strchr(text, '\x1b'));
    free(text);
}

/* A file that is gone, or shorter than it was, has numbers still. */
Test(coverage_text, lines_beyond_the_end)
{
    struct vjp_coverage_line lines[] = {{.number = 70}, {.number = 71}};
    const struct vjp_census census = {0};
    char *text = print(lines, 2, &census);
    cr_expect_not_null(strstr(text, "  70 to 71 never ran: \n"), "%s", text);
    free(text);
}
