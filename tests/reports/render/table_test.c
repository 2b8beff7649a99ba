/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/table.h"

#include "tests/reports/render/fixture.h"

static const struct vjp_column columns[] = {
    {{"", "name"}, true}, {{"", "n"}, false}, {{"", "word"}, true}};

Test(table, cells_stand_in_columns_without_blanks_at_the_end)
{
    struct vjp_table table = {.columns = columns, .n_columns = 3};
    struct capture capture;
    vjp_table_add(&table, (const char *const[]){"a", "1", "long"}, NULL);
    vjp_table_add(&table, (const char *const[]){"a longer", "1234", ""}, NULL);
    capture_begin(&capture);
    vjp_table_print(&table, "> ", false, capture.file);
    cr_expect_str_eq(capture_end(&capture), "> name         n  word\n"
                                            "> a            1  long\n"
                                            "> a longer  1234\n");
    free(capture.text);
    vjp_table_clear(&table);
}

Test(table, only_the_last_cell_is_coloured)
{
    struct vjp_table table = {.columns = columns, .n_columns = 3};
    struct capture capture;
    vjp_table_add(&table, (const char *const[]){"a", "1", "x"}, "31");
    capture_begin(&capture);
    vjp_table_print(&table, "", true, capture.file);
    expect_in(capture_end(&capture), "a     1  \033[31mx\033[0m\n");
    free(capture.text);
    vjp_table_clear(&table);
}

Test(table, one_that_failed_is_not_shown_as_if_whole)
{
    struct vjp_table table = {.columns = columns, .n_columns = 3};
    struct capture capture;
    vjp_table_add(&table, (const char *const[]){"a", "1", "x"}, NULL);
    table.failed = true;
    capture_begin(&capture);
    vjp_table_print(&table, "", false, capture.file);
    expect_not_in(capture_end(&capture), "a     1");
    free(capture.text);
    vjp_table_clear(&table);
}
