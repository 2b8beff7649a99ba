/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_SIZES_H
#define VJP_REPORTS_CLI_BENCH_SIZES_H

#include "cases/line/list.h"

/* Cases longer than so many floating-point operations are left out, or, of layers whose operations nobody has counted,
 * than so many scalar operations of the formula: a kernel is called some thirty times, and the explicit oracle has to
 * know the answer of the latter. */
#define VJP_BENCH_SIZES_FLOPS 2e9
#define VJP_BENCH_SIZES_WORK  16384.0

#define VJP_BENCH_SIZES_MAX 16

/* Every combination of some sizes for the dimensions of a layer. */
struct vjp_bench_sizes {
    const struct vjp_spec *layer;
    enum vjp_dtype dtype;
    int64_t size[VJP_BENCH_SIZES_MAX];
    int count;
    bool apart; /* each gradient by itself */
};

/* Reads "1,7,16" into sizes->size. VJP_ERR_USAGE where it is something else. */
VJP_MUST_CHECK enum vjp_status vjp_bench_sizes_read(const char *text, struct vjp_bench_sizes *sizes,
                                                    struct vjp_error *error);

/* Adds the cases, the last dimension going through the sizes first: with normal operands, or what is usual, one
 * thread, attributes at their fallbacks. A combination that the layer does not take is left out. VJP_ERR_LIMIT where
 * there would be more than a million combinations. */
VJP_MUST_CHECK enum vjp_status vjp_bench_sizes_add(const struct vjp_bench_sizes *sizes,
                                                   struct vjp_case_list *out,
                                                   struct vjp_error *error);

/* Adds the case, which is left zeroed; with apart, once for each gradient it asks for. */
VJP_MUST_CHECK enum vjp_status vjp_bench_sizes_add_case(struct vjp_case *c, bool apart,
                                                        struct vjp_case_list *out,
                                                        struct vjp_error *error);

#endif
