/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/surroundings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(surroundings, a_command_line_is_quoted_as_a_shell_takes_it)
{
    static const char words[] = "/a/b/vjpcheck\0check\0./it's mine.so\0--seed";
    struct vjp_text text = {0};
    vjp_surroundings_quote(words, sizeof words, &text);
    cr_expect_str_eq(text.data, "vjpcheck check './it'\\''s mine.so' --seed");
    vjp_text_clear(&text);
    vjp_surroundings_quote(words, 0, &text);
    cr_expect_str_eq(text.data, "");
    vjp_text_clear(&text);
}

Test(surroundings, what_is_known_of_this_process)
{
    const struct vjp_targets targets = {.count = 0};
    struct vjp_surroundings s;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_surroundings_look(&targets, &s, &error), VJP_OK, "%s", error.text);
    cr_expect_gt(strlen(s.info.command), 0);
    cr_expect(strlen(s.info.started) == 20 && s.info.started[19] == 'Z', "%s", s.info.started);
    cr_expect_eq(strncmp(s.info.system, "Linux ", 6), 0, "%s", s.info.system);
    cr_expect_not_null(strstr(s.info.libraries, "MPFR 4"), "%s", s.info.libraries);
    cr_expect_not_null(strstr(s.info.libraries, "GSL 2"), "%s", s.info.libraries);
    cr_expect(s.info.processors >= 1 && *s.info.cpu && *s.info.compiler);
    vjp_surroundings_clear(&s);
}

/* A line for each time, that a stream can be read with. */
Test(surroundings, are_kept_beside_a_stream)
{
    const struct vjp_targets targets = {.count = 0};
    char folder[] = "/tmp/vjpcheck-run-XXXXXX", path[64], *line = NULL;
    size_t size = 0;
    int lines = 0;
    struct vjp_error error = {""};
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 2; i++)
        cr_assert_eq(vjp_surroundings_append(&targets, folder, &error), VJP_OK, "%s", error.text);
    snprintf(path, sizeof path, "%s/run.jsonl", folder);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    for (; getline(&line, &size, file) > 0; lines++)
        cr_expect_eq(strncmp(line, "{\"type\":\"run\",", 14), 0, "%s", line);
    cr_expect_eq(lines, 2);
    fclose(file);
    free(line);
    unlink(path);
    rmdir(folder);
    cr_expect_eq(vjp_surroundings_append(&targets, "/nowhere", &error), VJP_ERR_IO);
}
