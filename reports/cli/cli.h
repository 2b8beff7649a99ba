/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_CLI_H
#define VJP_REPORTS_CLI_CLI_H

#include "cases/base/status.h"
#include "cases/spec/spec.h"
#include "reports/cli/options.h"

/* What the program returns. */
enum vjp_exit {
    VJP_EXIT_SOUND = 0,   /* every conclusive verdict is exact or pass, and there was one */
    VJP_EXIT_FAILED = 1,  /* a kernel failed */
    VJP_EXIT_USAGE = 2,   /* the command line or a file is wrong, or nothing was tested */
    VJP_EXIT_HARNESS = 3, /* vjpcheck itself failed */
};

/* The seed of generated cases where none is given: any number, as long as it stays. */
#define VJP_SEED_DEFAULT UINT64_C(0x5eed)

/* Runs the program and returns its exit code. */
int vjp_cli_main(int argc, const char **argv);

/* Writes "vjpcheck: message" to the standard error and returns the exit code for the status, which
 * is not VJP_OK. */
int vjp_cli_fail(enum vjp_status status, const struct vjp_error *error);

/* The dtype with that name. The message of a failure lists them. */
VJP_MUST_CHECK enum vjp_status vjp_cli_dtype(const char *name, int *out, struct vjp_error *error);

/* The same for --sums-in: the format that a kernel sums in. */
VJP_MUST_CHECK enum vjp_status vjp_cli_sums_in(const char *name, int *out, struct vjp_error *error);

/* The layer that --layer names. */
VJP_MUST_CHECK enum vjp_status vjp_cli_layer(const char *name, const struct vjp_spec **out,
                                             struct vjp_error *error);

/* Checks the value of --out, NULL where it was not given: that it can name a folder. */
VJP_MUST_CHECK enum vjp_status vjp_cli_out(const char *value, struct vjp_error *error);

/* The commands, each in its own file. */
extern const struct vjp_command vjp_command_list;
extern const struct vjp_command vjp_command_check;
extern const struct vjp_command vjp_command_run;
extern const struct vjp_command vjp_command_jacobian;
extern const struct vjp_command vjp_command_oracle;
extern const struct vjp_command vjp_command_export;
extern const struct vjp_command vjp_command_reproduce;
extern const struct vjp_command vjp_command_bench;
extern const struct vjp_command vjp_command_fuzz;
extern const struct vjp_command vjp_command_merge;
extern const struct vjp_command vjp_command_selftest;
extern const struct vjp_command vjp_command_study;
extern const struct vjp_command vjp_command_coverage;
extern const struct vjp_command vjp_command_report;
extern const struct vjp_command vjp_command_diff;

#endif
