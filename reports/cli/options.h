/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_OPTIONS_H
#define VJP_REPORTS_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cases/base/status.h"

/* The command line, as data: what a command takes is a table, from which it is parsed and from which
 * its help is printed. */

#define VJP_OPTIONS_MAX 24

struct vjp_option {
    const char *name;  /* without the dashes */
    const char *value; /* what it takes, as the help calls it; NULL: nothing, a flag */
    const char *help;
};

struct vjp_arguments {
    const char *value[VJP_OPTIONS_MAX]; /* by the index in options; NULL: not given; a flag: "" */
    int n_operands;
    const char *const *operands; /* points into argv */
};

struct vjp_command {
    const char *name;
    const char *operands; /* as the help calls them: "[TARGET...]", or "" */
    const char *summary;  /* one line */
    const char *help;     /* paragraphs for --help, or NULL */
    int min_operands, max_operands;
    /* An option by its name, or NULL: its value is one more operand, any number of times, and has no
     * place in vjp_arguments.value. */
    const char *operand_option;
    const struct vjp_option *options; /* ends with name NULL; at most VJP_OPTIONS_MAX */
    int (*run)(const struct vjp_arguments *arguments); /* returns the exit code */
};

/* Sorts argv, the words after the command's name, into options and operands: "--name value",
 * "--name=value"; after "--" everything is an operand. Operands are moved to the front of argv.
 * --help sets *help and ends the parsing. */
VJP_MUST_CHECK enum vjp_status vjp_arguments_parse(const struct vjp_command *command, int argc,
                                                   const char **argv, struct vjp_arguments *out,
                                                   bool *help, struct vjp_error *error);

void vjp_command_print_help(const struct vjp_command *command, FILE *out);

/* Which of the count words is so close to word that it may have been meant, or -1. */
int vjp_nearest_word(const char *word, const char *const *words, int count);

/* Values of options. option is the name for the message. */
VJP_MUST_CHECK enum vjp_status vjp_option_u64(const char *option, const char *text, uint64_t *out,
                                              struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_option_integer(const char *option, const char *text, int64_t min,
                                                  int64_t max, int64_t *out,
                                                  struct vjp_error *error);
/* "1,7,64": between commas, at most so many; *count of them. */
VJP_MUST_CHECK enum vjp_status vjp_option_integers(const char *option, const char *text,
                                                   int64_t min, int64_t max, int capacity,
                                                   int64_t *out, int *count,
                                                   struct vjp_error *error);
/* "90s", "10m", "2h", or seconds: above 0. */
VJP_MUST_CHECK enum vjp_status vjp_option_time(const char *option, const char *text, double *out,
                                               struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_option_seconds(const char *option, const char *text, double *out,
                                                  struct vjp_error *error);

#endif
