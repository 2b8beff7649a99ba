/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 32

static int min3(int a, int b, int c)
{
    const int least = a < b ? a : b;
    return least < c ? least : c;
}

/* The number of letters to insert, delete or replace (Levenshtein, 1966); for words of up to
 * WORD_MAX letters, WORD_MAX for longer ones. */
static int edit_distance(const char *a, const char *b)
{
    const size_t n = strlen(a);
    const size_t m = strlen(b);
    int row[WORD_MAX + 1];
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= m; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            const int above = row[j];
            row[j] = min3(diagonal + (a[i - 1] != b[j - 1]), above + 1, row[j - 1] + 1);
            diagonal = above;
        }
    }
    return row[m];
}

int vjp_nearest_word(const char *word, const char *const *words, int count)
{
    /* Two slips; in a short word, half of its letters are too many. */
    const int length = (int)strlen(word);
    int best = -1;
    int least = length < 4 ? 2 : 3;
    for (int i = 0; i < count; i++) {
        const int distance = edit_distance(word, words[i]);
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

static enum vjp_status fail_unknown(const struct vjp_command *command, const char *word,
                                    struct vjp_error *error)
{
    const char *names[VJP_OPTIONS_MAX];
    int count = 0;
    const int length = (int)strcspn(word, "=");
    char name[WORD_MAX + 1];
    snprintf(name, sizeof name, "%.*s", length - 2 > 0 ? length - 2 : 0, word + 2);
    for (const struct vjp_option *option = command->options; option->name; option++)
        names[count++] = option->name;
    const int nearest = vjp_nearest_word(name, names, count);
    if (nearest >= 0)
        return vjp_fail(error, VJP_ERR_USAGE, "unknown option %.*s; did you mean --%s?", length,
                        word, names[nearest]);
    return vjp_fail(error, VJP_ERR_USAGE,
                    "unknown option %.*s; \"vjpcheck %s --help\" lists the options", length, word,
                    command->name);
}

/* The index of the option that word (with its dashes, perhaps with =value) names, or -1. */
static int find_option(const struct vjp_command *command, const char *word)
{
    const size_t length = strcspn(word, "=");
    for (int i = 0; command->options[i].name; i++) {
        const char *name = command->options[i].name;
        if (strlen(name) + 2 == length && strncmp(word + 2, name, length - 2) == 0)
            return i;
    }
    return -1;
}

/* Takes the option at argv[*at], and its value from the next word where it stands there. */
static enum vjp_status take_option(const struct vjp_command *command, int argc, const char **argv,
                                   int *at, struct vjp_arguments *out, struct vjp_error *error)
{
    const char *word = argv[*at];
    const char *equals = strchr(word, '=');
    const int i = find_option(command, word);
    if (i < 0)
        return fail_unknown(command, word, error);
    const struct vjp_option *option = &command->options[i];
    if (out->value[i])
        return vjp_fail(error, VJP_ERR_USAGE, "--%s was given twice", option->name);
    if (!option->value && equals)
        return vjp_fail(error, VJP_ERR_USAGE, "--%s takes no value", option->name);
    const bool operand =
        command->operand_option && strcmp(command->operand_option, option->name) == 0;
    const char **place = operand ? &argv[out->n_operands] : &out->value[i];
    if (!option->value) {
        *place = "";
    } else if (equals) {
        *place = equals + 1;
    } else if (*at + 1 < argc) {
        *at += 1;
        *place = argv[*at];
    } else {
        return vjp_fail(error, VJP_ERR_USAGE, "--%s needs a value: --%s %s", option->name,
                        option->name, option->value);
    }
    out->n_operands += operand;
    return VJP_OK;
}

enum vjp_status vjp_arguments_parse(const struct vjp_command *command, int argc, const char **argv,
                                    struct vjp_arguments *out, bool *help, struct vjp_error *error)
{
    struct vjp_arguments arguments = {.operands = argv};
    bool options_ended = false;
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        /* A lone dash is an operand by custom. */
        if (options_ended || word[0] != '-' || word[1] == '\0') {
            argv[arguments.n_operands++] = word;
        } else if (strcmp(word, "--") == 0) {
            options_ended = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *help = true;
            return VJP_OK;
        } else {
            const enum vjp_status status = take_option(command, argc, argv, &at, &arguments, error);
            if (status != VJP_OK)
                return status;
        }
    }
    if (arguments.n_operands < command->min_operands)
        return vjp_fail(error, VJP_ERR_USAGE, "%s is missing; \"vjpcheck %s --help\" shows how",
                        command->operands, command->name);
    if (arguments.n_operands > command->max_operands)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "\"%s\" is too much: %s takes %s; a case line is one word, in quotes",
                        arguments.operands[command->max_operands], command->name,
                        *command->operands ? command->operands : "no operand");
    *help = false;
    *out = arguments;
    return VJP_OK;
}

void vjp_command_print_help(const struct vjp_command *command, FILE *out)
{
    fprintf(out, "vjpcheck %s%s%s%s\n\n%s\n", command->name, *command->operands ? " " : "",
            command->operands, command->options[0].name ? " [OPTION...]" : "", command->summary);
    if (command->help)
        fprintf(out, "\n%s\n", command->help);
    fprintf(out, "\nOptions:\n");
    for (const struct vjp_option *option = command->options; option->name; option++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
        fprintf(out, "  %-20s %s\n", left, option->help);
    }
    fprintf(out, "  %-20s %s\n", "--help", "this text");
}

enum vjp_status vjp_option_u64(const char *option, const char *text, uint64_t *out,
                               struct vjp_error *error)
{
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--%s %s: expected a whole number from 0 to 2^64 - 1, as 31 or 0x1f",
                        option, text);
    *out = value;
    return VJP_OK;
}

enum vjp_status vjp_option_integer(const char *option, const char *text, int64_t min, int64_t max,
                                   int64_t *out, struct vjp_error *error)
{
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || value < min ||
        value > max)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--%s %s: expected a whole number from %" PRId64 " to %" PRId64, option,
                        text, min, max);
    *out = value;
    return VJP_OK;
}

enum vjp_status vjp_option_integers(const char *option, const char *text, int64_t min, int64_t max,
                                    int capacity, int64_t *out, int *count, struct vjp_error *error)
{
    int n = 0;
    for (const char *at = text; at;) {
        char *end = NULL;
        errno = 0;
        const long long value = isdigit((unsigned char)*at) ? strtoll(at, &end, 10) : 0;
        if (!end || value < min || value > max || errno != 0 || (*end != ',' && *end != '\0') ||
            n == capacity)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "--%s %s: expected up to %d whole numbers from %" PRId64 " to %" PRId64
                            ", as 1,2",
                            option, text, capacity, min, max);
        out[n++] = value;
        at = *end ? end + 1 : NULL;
    }
    *count = n;
    return VJP_OK;
}

/* A day: more is a slip, and far from what a timer can hold. */
#define SECONDS_MAX 86400.0

enum vjp_status vjp_option_seconds(const char *option, const char *text, double *out,
                                   struct vjp_error *error)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value > 0 && value <= SECONDS_MAX))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--%s %s: expected a number of seconds above 0, at most %g", option, text,
                        SECONDS_MAX);
    *out = value;
    return VJP_OK;
}

enum vjp_status vjp_option_time(const char *option, const char *text, double *out,
                                struct vjp_error *error)
{
    static const struct {
        char unit;
        double seconds;
    } units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}};
    char *end;
    const double value = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof *units && end != text; i++) {
        const double seconds = value * units[i].seconds;
        if (*end == units[i].unit && (*end == '\0' || end[1] == '\0') && seconds > 0 &&
            seconds < 1e9) {
            *out = seconds;
            return VJP_OK;
        }
    }
    return vjp_fail(error, VJP_ERR_USAGE, "--%s %s: expected a time above 0, as 90s, 10m or 2h",
                    option, text);
}
