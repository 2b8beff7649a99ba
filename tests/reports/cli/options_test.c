/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/options.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SEED, FILE_NAME, ONLY };

static const struct vjp_option options[] = {
    [SEED] = {"seed", "S", "a number"},
    [FILE_NAME] = {"file", "FILE", "a file"},
    [ONLY] = {"only-failed", NULL, "a flag"},
    {0},
};

static const struct vjp_command command = {.name = "test",
                                           .operands = "[THING...]",
                                           .summary = "does nothing",
                                           .help = "At length.",
                                           .min_operands = 0,
                                           .max_operands = 2,
                                           .options = options};

/* Parses the words up to NULL. */
static enum vjp_status parse(const struct vjp_command *c, const char **words,
                             struct vjp_arguments *out, bool *help, struct vjp_error *error)
{
    int count = 0;
    while (words[count])
        count++;
    return vjp_arguments_parse(c, count, words, out, help, error);
}

static void expect_usage(const struct vjp_command *c, const char **words, const char *part)
{
    struct vjp_arguments arguments;
    struct vjp_error error = {""};
    bool help;
    cr_expect_eq(parse(c, words, &arguments, &help, &error), VJP_ERR_USAGE, "%s", words[0]);
    cr_expect(strstr(error.text, part) != NULL, "\"%s\" is not in \"%s\"", part, error.text);
}

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

Test(options, options_and_operands_come_in_any_order)
{
    const char *words[] = {"one", "--seed", "7", "--only-failed", "two", "--file=a=b", NULL};
    struct vjp_arguments arguments;
    struct vjp_error error;
    bool help = true;
    cr_assert_eq(parse(&command, words, &arguments, &help, &error), VJP_OK, "%s", error.text);
    cr_expect_not(help);
    cr_expect_str_eq(arguments.value[SEED], "7");
    cr_expect_str_eq(arguments.value[FILE_NAME], "a=b");
    cr_expect_not_null(arguments.value[ONLY]);
    cr_assert_eq(arguments.n_operands, 2);
    cr_expect_str_eq(arguments.operands[0], "one");
    cr_expect_str_eq(arguments.operands[1], "two");
}

Test(options, values_of_the_operand_option_are_operands)
{
    struct vjp_command with = command;
    with.operand_option = "file";
    with.max_operands = 4;
    const char *words[] = {"--file", "a=1", "b", "--seed", "7", "--file=c=2", "d", NULL};
    static const char *const expected[] = {"a=1", "b", "c=2", "d"};
    struct vjp_arguments arguments;
    struct vjp_error error = {""};
    bool help;
    cr_assert_eq(parse(&with, words, &arguments, &help, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(arguments.n_operands, 4);
    for (int i = 0; i < 4; i++)
        cr_expect_str_eq(arguments.operands[i], expected[i]);
    cr_expect_str_eq(arguments.value[SEED], "7");
    cr_expect_null(arguments.value[FILE_NAME]);
    with.max_operands = 0;
    expect_usage(&with, (const char *[]){"--file=x", NULL}, "\"x\" is too much");
    expect_usage(&with, (const char *[]){"--file", NULL}, "--file needs a value");
}

Test(options, what_is_not_given_is_null)
{
    struct vjp_arguments arguments;
    struct vjp_error error;
    bool help;
    const char **words = WORDS("-"); /* what is parsed is pointed to */
    cr_assert_eq(parse(&command, words, &arguments, &help, &error), VJP_OK);
    for (int i = 0; i < 3; i++)
        cr_expect_null(arguments.value[i]);
    cr_expect_str_eq(arguments.operands[0], "-");
}

Test(options, two_dashes_end_the_options)
{
    struct vjp_arguments arguments;
    struct vjp_error error;
    bool help;
    const char **words = WORDS("--", "--seed", "--");
    cr_assert_eq(parse(&command, words, &arguments, &help, &error), VJP_OK);
    cr_expect_null(arguments.value[SEED]);
    cr_assert_eq(arguments.n_operands, 2);
    cr_expect_str_eq(arguments.operands[0], "--seed");
}

Test(options, mistakes_are_told_with_a_hint)
{
    struct vjp_command one = command;
    one.min_operands = one.max_operands = 1;
    one.operands = "'CASE'";
    expect_usage(&command, WORDS("--sead", "7"), "unknown option --sead; did you mean --seed?");
    expect_usage(&command, WORDS("--onlyfailed"), "did you mean --only-failed?");
    expect_usage(&command, WORDS("--frobnicate=1"),
                 "unknown option --frobnicate; \"vjpcheck test --help\"");
    expect_usage(&command, WORDS("-x"), "unknown option -x");
    expect_usage(&command, WORDS("--seed"), "--seed needs a value: --seed S");
    expect_usage(&command, WORDS("--only-failed=1"), "--only-failed takes no value");
    expect_usage(&command, WORDS("--seed", "1", "--seed=2"), "--seed was given twice");
    expect_usage(&command, WORDS("a", "b", "c"), "\"c\" is too much");
    expect_usage(&one, WORDS("--seed", "1"), "'CASE' is missing");
}

Test(options, help_ends_the_parsing)
{
    struct vjp_arguments arguments;
    struct vjp_error error;
    bool help = false;
    cr_expect_eq(parse(&command, WORDS("--help", "--nonsense"), &arguments, &help, &error), VJP_OK);
    cr_expect(help);
}

Test(options, help_names_every_option)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    vjp_command_print_help(&command, out);
    fclose(out);
    cr_expect_str_eq(text, "vjpcheck test [THING...] [OPTION...]\n"
                           "\n"
                           "does nothing\n"
                           "\n"
                           "At length.\n"
                           "\n"
                           "Options:\n"
                           "  --seed S             a number\n"
                           "  --file FILE          a file\n"
                           "  --only-failed        a flag\n"
                           "  --help               this text\n");
    free(text);
}

Test(options, numbers_are_read_whole_or_not_at_all)
{
    static const char *const bad[] = {"",   "x",   "-1", "+1",  " 1",
                                      "1 ", "1.5", "0x", "0xg", "18446744073709551616"};
    struct vjp_error error;
    uint64_t u = 0;
    int64_t i = 0;
    double s = 0;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_expect_eq(vjp_option_u64("seed", bad[k], &u, &error), VJP_ERR_USAGE, "%s", bad[k]);
    cr_expect_eq(u, 0);
    cr_expect(vjp_option_u64("seed", "0x1F", &u, &error) == VJP_OK && u == 31);
    cr_expect(vjp_option_u64("seed", "010", &u, &error) == VJP_OK && u == 10);
    cr_expect(vjp_option_u64("seed", "18446744073709551615", &u, &error) == VJP_OK &&
              u == UINT64_MAX);
    cr_expect_eq(vjp_option_integer("n", "11", 1, 10, &i, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_option_integer("n", "0", 1, 10, &i, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_option_integer("n", "5x", 1, 10, &i, &error), VJP_ERR_USAGE);
    cr_expect(vjp_option_integer("n", "10", 1, 10, &i, &error) == VJP_OK && i == 10);
    cr_expect_eq(vjp_option_seconds("t", "0", &s, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_option_seconds("t", "nan", &s, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_option_seconds("t", "inf", &s, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_option_seconds("t", "1e9", &s, &error), VJP_ERR_USAGE);
    cr_expect(vjp_option_seconds("t", "0.5", &s, &error) == VJP_OK && s == 0.5);
}

Test(options, the_nearest_word_is_not_too_far)
{
    static const char *const words[] = {"list", "check", "run", "jacobian"};
    cr_expect_eq(vjp_nearest_word("chekc", words, 4), 1);
    cr_expect_eq(vjp_nearest_word("jacobain", words, 4), 3);
    cr_expect_eq(vjp_nearest_word("rum", words, 4), 2);
    cr_expect_eq(vjp_nearest_word("xyz", words, 4), -1);
    cr_expect_eq(vjp_nearest_word("something-that-is-far-longer-than-any", words, 4), -1);
}

Test(options, times_have_units)
{
    static const char *const bad[] = {"", "0", "-1s", "5x", "5ms", "s", "nan", "inf", "1e9h"};
    struct vjp_error error;
    double s = 0;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_expect_eq(vjp_option_time("t", bad[k], &s, &error), VJP_ERR_USAGE, "%s", bad[k]);
    cr_expect_eq(s, 0);
    cr_expect(vjp_option_time("t", "90", &s, &error) == VJP_OK && s == 90);
    cr_expect(vjp_option_time("t", "0.5s", &s, &error) == VJP_OK && s == 0.5);
    cr_expect(vjp_option_time("t", "10m", &s, &error) == VJP_OK && s == 600);
    cr_expect(vjp_option_time("t", "2h", &s, &error) == VJP_OK && s == 7200);
}

Test(options, integers_stand_between_commas)
{
    static const char *const bad[] = {"", "1,", ",1", "0", "9", "1,x", "1;2", "1,2,3,4", "0x1"};
    struct vjp_error error;
    int64_t number[3] = {0};
    int count = 7;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_expect_eq(vjp_option_integers("t", bad[k], 1, 8, 3, number, &count, &error),
                     VJP_ERR_USAGE, "%s", bad[k]);
    cr_expect_eq(count, 7);
    cr_expect_eq(vjp_option_integers("t", "8", 1, 8, 3, number, &count, &error), VJP_OK);
    cr_expect(count == 1 && number[0] == 8);
    cr_expect_eq(vjp_option_integers("t", "3,1,2", 1, 8, 3, number, &count, &error), VJP_OK);
    cr_expect(count == 3 && number[0] == 3 && number[1] == 1 && number[2] == 2);
}
