/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_SHAPES_H
#define VJP_REPORTS_CLI_BENCH_SHAPES_H

#include "cases/line/list.h"
#include "reports/cli/targets.h"

/* The cases that are timed: those of the file where one is named, else, for layers that a selected kernel
 * serves, the built-in production shapes, and of a layer that has none one in f32 that is as large as the
 * explicit oracle takes on in a few seconds. layer NULL: of all layers. VJP_ERR_USAGE where a case accumulates, which would
 * make every call's result another, and where nothing is left. */
VJP_MUST_CHECK enum vjp_status vjp_bench_shapes_read(const char *file, const struct vjp_spec *layer,
                                                     const struct vjp_targets *targets,
                                                     struct vjp_case_list *out,
                                                     struct vjp_error *error);

#endif
