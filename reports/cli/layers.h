/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_LAYERS_H
#define VJP_REPORTS_CLI_LAYERS_H

#include <stdio.h>

#include "cases/spec/spec.h"

/* A line for every layer: its name and its formula. */
void vjp_layers_print(FILE *out);

/* All that a case line needs to know of a layer or a pipeline: dimensions, attributes, operands with
 * their domains, gradients, what may be saved, and a line to begin with. */
void vjp_layers_print_one(const struct vjp_spec *spec, FILE *out);

#endif
