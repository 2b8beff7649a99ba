/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/surroundings.h"

#include <criterion/criterion.h>
#include <string.h>

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
