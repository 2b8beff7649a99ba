/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_SHAPES_H
#define VJP_REPORTS_CLI_BENCH_SHAPES_H

#include "cases/line/list.h"
#include "reports/bench/skip.h"
#include "reports/cli/bench_sizes.h"
#include "reports/cli/targets.h"

struct vjp_bench_shapes_ask {
    const char *file;                    /* of case lines; NULL: the built-in shapes, or */
    const struct vjp_bench_sizes *sizes; /* these; NULL: none */
    const struct vjp_spec *layer;        /* NULL: of all layers */
    const struct vjp_targets *targets;
    bool threads_given; /* the threads of a line do not count */
    bool apart;         /* each gradient by itself */
};

struct vjp_bench_shapes {
    struct vjp_case_list cases;  /* that are timed */
    struct vjp_bench_skip *skip; /* shapes of the file, and layer, that are not */
    size_t n_skips;
};

/* The cases that are timed: those of the file or of the sizes, else, for layers that a selected kernel serves, the built-in
 * production shapes, and of a layer that has none one in f32 that is as large as the explicit oracle takes on in a few
 * seconds. A case of the file that accumulates, that nobody serves or that stands there twice is skipped.
 * VJP_ERR_USAGE where nothing is left. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_bench_shapes_read(const struct vjp_bench_shapes_ask *ask,
                                                     struct vjp_bench_shapes *out,
                                                     struct vjp_error *error);
void vjp_bench_shapes_clear(struct vjp_bench_shapes *shapes);

#endif
