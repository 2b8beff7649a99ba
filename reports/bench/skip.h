/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_SKIP_H
#define VJP_REPORTS_BENCH_SKIP_H

/* Why a shape that was asked for is not timed. */
enum vjp_skip_kind {
    VJP_SKIP_UNSUPPORTED, /* no selected kernel serves it */
    VJP_SKIP_ACCUMULATE,  /* each call would be another case */
    VJP_SKIP_IN_PLACE,    /* it overwrites its own operands */
    VJP_SKIP_REPEATED,    /* the same shape is timed already */
    VJP_SKIP_COUNT,
};

#define VJP_BENCH_SKIP_REASON 256

struct vjp_bench_skip {
    enum vjp_skip_kind kind;
    char *line; /* the case; whoever made the array frees it */
    char reason[VJP_BENCH_SKIP_REASON];
};

#endif
