/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/dtype.h"
#include "cases/base/text.h"
#include "reports/render/escape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct vjp_command *const commands[] = {
    &vjp_command_list,      &vjp_command_check,    &vjp_command_fuzz,     &vjp_command_run,
    &vjp_command_merge,     &vjp_command_jacobian, &vjp_command_oracle,   &vjp_command_export,
    &vjp_command_reproduce, &vjp_command_bench,    &vjp_command_selftest, &vjp_command_report,
    &vjp_command_diff,      &vjp_command_coverage, &vjp_command_study,
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out)
{
    fputs("vjpcheck proves or refutes that a kernel computes the backward pass of a layer.\n\n"
          "Usage: vjpcheck COMMAND [OPERAND...] [OPTION...]\n\n",
          out);
    for (int i = 0; i < N_COMMANDS; i++) {
        char usage[96];
        snprintf(usage, sizeof usage, "%s %s", commands[i]->name, commands[i]->operands);
        fprintf(out, "  %-25s %s\n", usage, commands[i]->summary);
    }
    fputs("\n\"vjpcheck COMMAND --help\" tells more; --version gives the version.\n\n"
          "Exit codes: 0 every verdict is exact or pass; 1 a kernel failed; 2 wrong usage, or\n"
          "nothing was tested; 3 vjpcheck itself failed.\n",
          out);
}

int vjp_cli_fail(enum vjp_status status, const struct vjp_error *error)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, error->text);
    fprintf(stderr, "vjpcheck: %s\n", clean.failed ? "out of memory" : clean.data);
    vjp_text_clear(&clean);
    return status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT ? VJP_EXIT_USAGE : VJP_EXIT_HARNESS;
}

static enum vjp_status read_format(const char *option, const char *name, int *out,
                                   struct vjp_error *error)
{
    enum vjp_dtype dtype;
    if (!vjp_dtype_parse(name, &dtype))
        return vjp_fail(error, VJP_ERR_USAGE, "--%s %s: expected bf16, f16, f32 or f64", option,
                        name);
    *out = (int)dtype;
    return VJP_OK;
}

enum vjp_status vjp_cli_dtype(const char *name, int *out, struct vjp_error *error)
{
    return read_format("dtype", name, out, error);
}

enum vjp_status vjp_cli_sums_in(const char *name, int *out, struct vjp_error *error)
{
    return read_format("sums-in", name, out, error);
}

enum vjp_status vjp_cli_layer(const char *name, const struct vjp_spec **out,
                              struct vjp_error *error)
{
    const struct vjp_spec *spec = vjp_spec_find(name);
    if (!spec)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--layer %s: no such layer; \"vjpcheck list\" shows them", name);
    *out = spec;
    return VJP_OK;
}

enum vjp_status vjp_cli_out(const char *value, struct vjp_error *error)
{
    if (!value)
        return vjp_fail(error, VJP_ERR_USAGE, "--out is missing: expected --out DIR");
    if (!*value)
        return vjp_fail(error, VJP_ERR_USAGE, "--out '': expected the name of a folder");
    return VJP_OK;
}

static const struct vjp_command *find_command(const char *name)
{
    for (int i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static int fail_unknown(const char *name)
{
    struct vjp_error error;
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    const int nearest = vjp_nearest_word(name, names, N_COMMANDS);
    if (nearest >= 0)
        vjp_fail(&error, VJP_ERR_USAGE, "unknown command %s; did you mean %s?", name,
                 names[nearest]);
    else
        vjp_fail(&error, VJP_ERR_USAGE, "unknown command %s; \"vjpcheck --help\" lists them", name);
    return vjp_cli_fail(VJP_ERR_USAGE, &error);
}

static int run_command(const struct vjp_command *command, int argc, const char **argv)
{
    struct vjp_arguments arguments;
    struct vjp_error error;
    bool help;
    const enum vjp_status status =
        vjp_arguments_parse(command, argc, argv, &arguments, &help, &error);
    if (status != VJP_OK)
        return vjp_cli_fail(status, &error);
    if (!help)
        return command->run(&arguments);
    vjp_command_print_help(command, stdout);
    return VJP_EXIT_SOUND;
}

static int dispatch(int argc, const char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return VJP_EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        puts("vjpcheck " VJP_VERSION);
        return VJP_EXIT_SOUND;
    }
    const bool help = strcmp(word, "help") == 0;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || (help && argc == 2)) {
        print_help(stdout);
        return VJP_EXIT_SOUND;
    }
    const struct vjp_command *command = find_command(help ? argv[2] : word);
    if (!command)
        return fail_unknown(help ? argv[2] : word);
    if (help) {
        vjp_command_print_help(command, stdout);
        return VJP_EXIT_SOUND;
    }
    return run_command(command, argc - 2, argv + 2);
}

int vjp_cli_main(int argc, const char **argv)
{
    const int code = dispatch(argc, argv);
    /* What was said must have been heard: a full disk turns any answer into a failure. A command that has failed for
     * that has told it. */
    const bool heard = fflush(stdout) == 0 && !ferror(stdout);
    if (heard || code == VJP_EXIT_HARNESS)
        return code;
    struct vjp_error error;
    vjp_fail(&error, VJP_ERR_IO, "standard output: writing failed: %s", strerror(errno));
    return vjp_cli_fail(VJP_ERR_IO, &error);
}
