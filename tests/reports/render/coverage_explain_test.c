/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the text is shown by coverage_text_test.c. */
#include "reports/render/coverage.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Without a source the nearest line above that decides something is the guard; stretches end where a line ran. */
Test(coverage_explain, without_a_source_there_are_numbers)
{
    struct vjp_coverage coverage = {.file = calloc(1, sizeof *coverage.file), .count = 1};
    struct vjp_coverage_file *file = coverage.file;
    const struct vjp_coverage_line lines[] = {{.number = 2},
                                              {.number = 3, .ran = true, .branches = 2, .taken = 1},
                                              {.number = 5},
                                              {.number = 8},
                                              {.number = 9, .ran = true},
                                              {.number = 12}};
    const struct vjp_census none = {0};
    file->path = strdup("k.c");
    file->line = malloc(sizeof lines);
    memcpy(file->line, lines, sizeof lines);
    file->count = 6;
    cr_assert_eq(vjp_coverage_explain(&coverage, "/nowhere", &none, NULL), VJP_OK);
    cr_assert_eq(file->n_gaps, 3);
    const struct vjp_coverage_gap *gap = file->gap;
    cr_expect(gap[0].from == 2 && gap[0].to == 2 && gap[0].guard == 0);
    cr_expect(gap[1].from == 5 && gap[1].to == 8 && gap[1].guard == 3);
    cr_expect(gap[2].from == 12 && gap[2].to == 12 && gap[2].guard == 3);
    cr_expect_eq(gap[1].n_notes, 0);
    cr_expect_str_eq(vjp_coverage_text(file, 5), "");
    vjp_coverage_clear(&coverage);
}
