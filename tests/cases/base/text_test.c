/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/text.h"

#include <criterion/criterion.h>
#include <string.h>
#include <wchar.h>

Test(text, additions_are_joined_and_terminated)
{
    struct vjp_text text = {0};
    cr_expect_null(text.data);
    vjp_text_add(&text, "%s=%d", "N", 7);
    vjp_text_add(&text, "%s", "");
    vjp_text_add(&text, " %c", 'x');
    cr_expect_str_eq(text.data, "N=7 x");
    cr_expect_eq(text.length, 5);
    cr_expect_not(text.failed);
    vjp_text_clear(&text);
    cr_expect(text.data == NULL && text.length == 0 && text.capacity == 0);
    vjp_text_clear(&text);
}

Test(text, an_empty_addition_makes_an_empty_string)
{
    struct vjp_text text = {0};
    vjp_text_add(&text, "%s", "");
    cr_assert_not_null(text.data);
    cr_expect_str_eq(text.data, "");
    vjp_text_clear(&text);
}

/* Lengths on both sides of every growth: the sanitizers see a write past the end, the comparison a
 * character that was lost. */
Test(text, every_length_is_kept_whole)
{
    struct vjp_text text = {0};
    char want[5001];
    for (size_t i = 0; i < sizeof want - 1; i++) {
        want[i] = (char)('a' + i % 26);
        vjp_text_add(&text, "%c", want[i]);
        cr_assert(text.length == i + 1 && text.capacity > text.length && text.data[i + 1] == '\0');
    }
    want[sizeof want - 1] = '\0';
    cr_expect_str_eq(text.data, want);
    vjp_text_add(&text, "%s", want);
    cr_expect_eq(text.length, 10000);
    cr_expect_str_eq(text.data + 5000, want);
    vjp_text_clear(&text);
}

Test(text, a_failure_is_kept_and_nothing_is_added_after_it)
{
    struct vjp_text text = {0};
    vjp_text_add(&text, "kept");
    /* No character of any locale: formatting fails. */
    const wchar_t impossible[] = {0x7fffffff, 0};
    vjp_text_add(&text, "%ls", impossible);
    cr_expect(text.failed);
    vjp_text_add(&text, "more");
    cr_expect_str_eq(text.data, "kept");
    cr_expect_eq(text.length, 4);
    vjp_text_clear(&text);
    cr_expect_not(text.failed);
}
