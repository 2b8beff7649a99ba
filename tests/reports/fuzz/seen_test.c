/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/seen.h"

#include <criterion/criterion.h>
#include <stdio.h>

static bool add(struct vjp_seen *seen, const char *a, const char *b)
{
    const char *const texts[] = {a, b};
    struct vjp_error error = {""};
    bool is_new = false;
    cr_assert_eq(vjp_seen_add(seen, texts, b ? 2 : 1, &is_new, &error), VJP_OK, "%s", error.text);
    return is_new;
}

/* Where one text ends and the next begins counts, and so does every byte. */
Test(seen, texts_are_told_apart)
{
    static const char *const pairs[][2] = {{"", NULL},
                                           {"", ""},
                                           {"a", NULL},
                                           {"a", ""},
                                           {"", "a"},
                                           {"ab", ""},
                                           {"a", "b"},
                                           {"b", "a"},
                                           {"12345678", ""},
                                           {"1234567", "8"},
                                           {"123456789abcdef", "x"},
                                           {"123456789abcdeg", "x"}};
    struct vjp_seen seen = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_expect(add(&seen, pairs[i][0], pairs[i][1]), "pair %zu", i);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_expect_not(add(&seen, pairs[i][0], pairs[i][1]), "pair %zu", i);
    cr_expect_eq(seen.count, sizeof pairs / sizeof *pairs);
    vjp_seen_clear(&seen);
    cr_expect(add(&seen, "a", NULL), "cleared");
    vjp_seen_clear(&seen);
}

Test(seen, many)
{
    struct vjp_seen seen = {0};
    char text[32];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20000; i++) {
            snprintf(text, sizeof text, "case %d", i);
            cr_assert_eq(add(&seen, text, "naive"), round == 0, "%s", text);
        }
    }
    cr_expect_eq(seen.count, 20000);
    vjp_seen_clear(&seen);
}
