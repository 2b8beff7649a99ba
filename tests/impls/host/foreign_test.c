/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/foreign.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

static void expect(const char *in, size_t in_size, size_t size, const char *want)
{
    char out[64];
    memset(out, '#', sizeof out);
    vjp_foreign_text(out, size, in, in_size);
    cr_expect_str_eq(out, want);
    for (size_t i = size; i < sizeof out; i++)
        cr_expect_eq(out[i], '#', "nothing is written beyond the size");
}

Test(foreign, text_passes)
{
    expect("plain text", 64, 64, "plain text");
    expect("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 64, 64,
           "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    expect("", 64, 64, "");
}

Test(foreign, white_space_becomes_blanks_and_goes_at_the_ends)
{
    expect("\n\ta\r\nb \n", 64, 64, "a  b");
}

Test(foreign, what_may_not_be_there_becomes_question_marks)
{
    expect("a\033[1mb\x7f\x01", 64, 64, "a?[1mb??");
    expect("\xff\x80", 64, 64, "??");
    expect("\xc0\xaf", 64, 64, "??");           /* overlong */
    expect("\xed\xa0\x80", 64, 64, "???");      /* a surrogate */
    expect("\xf4\x90\x80\x80", 64, 64, "????"); /* beyond U+10FFFF */
    expect("\xc2\x85x", 64, 64, "?x");          /* U+0085, a control */
    expect("\xe2\x82", 64, 64, "??");           /* cut off */
}

Test(foreign, it_is_cut_between_characters)
{
    expect("abcdef", 64, 4, "abc");
    expect("abcdef", 3, 64, "abc");
    expect("ab\xc3\xa9", 64, 4, "ab");
    expect("ab\xc3\xa9", 64, 5, "ab\xc3\xa9");
    expect("ab\xc3\xa9", 3, 64, "ab?");
    expect("abc", 64, 1, "");
}
