/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_OPERANDS_H
#define VJP_REPORTS_CLI_OPERANDS_H

#include <stdbool.h>

#include "cases/spec/data.h"

/* A case whose values come from files that the command line names. */
struct vjp_operands_case {
    struct vjp_case c;
    struct vjp_data data;
    int64_t
        converted[VJP_MAX_SLOTS]; /* values of the operand that had to be rounded to the dtype */
    bool replayable;              /* c, as a line, names the files and gives the same values */
};

/* Reads the words of a command line: a layer (or a pipeline), and NAME=VALUE for attributes,
 * dimensions that no file tells, and the .npy file of each operand and the cotangent, in any order.
 * dtype -1: that of the files, which must have one; else theirs are rounded to it, to nearest even.
 * Every value is checked against the operand's domain. VJP_ERR_LIMIT, before a file is read, for a case that the
 * oracle cannot take on. */
VJP_MUST_CHECK enum vjp_status vjp_operands_read(const char *const *words, int count, int dtype,
                                                 struct vjp_operands_case *out,
                                                 struct vjp_error *error);
void vjp_operands_clear(struct vjp_operands_case *operands);

/* The layer or pipeline with that name. The message of a failure names one that may have been
 * meant. */
VJP_MUST_CHECK enum vjp_status vjp_operands_layer(const char *name, const struct vjp_spec **out,
                                                  struct vjp_error *error);

#endif
