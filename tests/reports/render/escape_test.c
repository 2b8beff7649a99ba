/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/escape.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void escape(struct vjp_text *out, const char *text);

static void expect(escape *function, const char *text, const char *expected)
{
    struct vjp_text out = {0};
    function(&out, text);
    cr_assert_not_null(out.data);
    cr_expect_str_eq(out.data, expected, "\"%s\" gave \"%s\"", text, out.data);
    vjp_text_clear(&out);
}

#define BAD "\xef\xbf\xbd" /* U+FFFD */

Test(escape, utf8_keeps_what_is_valid)
{
    expect(vjp_escape_utf8, "", "");
    expect(vjp_escape_utf8, "plain \x01 \n", "plain \x01 \n");
    expect(vjp_escape_utf8, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
           "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    expect(vjp_escape_utf8, "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
}

/* Unicode, table 3-7: what is left out of it. */
Test(escape, utf8_replaces_what_is_not)
{
    expect(vjp_escape_utf8,
           "a\xff"
           "b",
           "a" BAD "b");
    expect(vjp_escape_utf8, "\x80", BAD);                         /* a lone continuation */
    expect(vjp_escape_utf8, "\xc3", BAD);                         /* cut off */
    expect(vjp_escape_utf8, "\xe2\x82", BAD BAD);                 /* cut off */
    expect(vjp_escape_utf8, "\xc0\xaf", BAD BAD);                 /* too long for '/' */
    expect(vjp_escape_utf8, "\xe0\x80\x80", BAD BAD BAD);         /* too long for NUL */
    expect(vjp_escape_utf8, "\xed\xa0\x80", BAD BAD BAD);         /* a surrogate */
    expect(vjp_escape_utf8, "\xf4\x90\x80\x80", BAD BAD BAD BAD); /* beyond U+10FFFF */
    expect(vjp_escape_utf8, "\xc3z", BAD "z");
}

Test(escape, xml_has_entities_and_no_forbidden_characters)
{
    expect(vjp_escape_xml, "a<b>&\"'c", "a&#60;b&#62;&#38;&#34;&#39;c");
    expect(vjp_escape_xml, "\t\n\r", "&#9;&#10;&#13;");
    expect(vjp_escape_xml, "\x01\x1b[31m", BAD BAD "[31m");
    expect(vjp_escape_xml, "\xef\xbf\xbe", BAD); /* U+FFFE */
    expect(vjp_escape_xml, "]]>", "]]&#62;");
}

Test(escape, terminal_has_no_control_characters)
{
    expect(vjp_escape_terminal, "\x1b[2J\rx\x7f", "?[2J?x?");
    expect(vjp_escape_terminal,
           "\xc2\x9b"
           "31m",
           "?31m"); /* C1's CSI */
    expect(vjp_escape_terminal, "\xc3\xa9", "\xc3\xa9");
}

Test(escape, printed_as_for_a_terminal)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_escape_print("a\x1b[2J", out);
    vjp_escape_print("", out);
    vjp_escape_print("b", out);
    fclose(out);
    cr_expect_str_eq(text, "a?[2Jb");
    free(text);
}

Test(escape, shell_words_come_back_through_a_shell)
{
    static const char *const words[] = {"naive:linear",
                                        "",
                                        "a b",
                                        "it's",
                                        "$HOME `id` \"x\" \\ !*?",
                                        "'",
                                        "linear dtype=f32 x=[1,2]",
                                        "~",
                                        "#x",
                                        "a\nb"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct vjp_text command = {0};
        char back[64] = "";
        vjp_text_add(&command, "printf %%s ");
        vjp_escape_shell(&command, words[i]);
        FILE *shell = popen(command.data, "r");
        cr_assert_not_null(shell);
        back[fread(back, 1, sizeof back - 1, shell)] = '\0';
        cr_expect_eq(pclose(shell), 0);
        cr_expect_str_eq(back, words[i], "%s", command.data);
        vjp_text_clear(&command);
    }
    expect(vjp_escape_shell, "naive:linear", "naive:linear");
    expect(vjp_escape_shell, "a b", "'a b'");
}

Test(escape, markdown_has_no_markup)
{
    struct vjp_text text = {0};
    vjp_escape_markdown(&text, "a|b <i> `c` [d](e) \x1b 1.5");
    cr_expect_str_eq(text.data, "a\\|b \\<i\\> \\`c\\` \\[d\\]\\(e\\) ? 1.5");
    vjp_text_clear(&text);
}
