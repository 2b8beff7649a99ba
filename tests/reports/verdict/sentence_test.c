/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/sentence.h"

#include <criterion/criterion.h>
#include <string.h>

Test(sentence, words_are_added_behind_what_is_there)
{
    char text[32] = "";
    vjp_sentence_add(text, sizeof text, "%d of %s", 3, "dw");
    cr_expect_str_eq(text, "3 of dw");
    vjp_sentence_add(text, sizeof text, "; %c", 'x');
    cr_expect_str_eq(text, "3 of dw; x");
}

Test(sentence, it_is_cut_at_the_size_and_no_byte_behind_is_written)
{
    char text[9] = "ab";
    text[8] = '#';
    vjp_sentence_add(text, 8, "%s", "cdefghij");
    cr_expect_str_eq(text, "abcdefg");
    cr_expect_eq(text[8], '#');
    vjp_sentence_add(text, 8, "more");
    cr_expect_str_eq(text, "abcdefg");
    cr_expect_eq(text[8], '#');
}
