/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_RESULT_H
#define VJP_REPORTS_BENCH_RESULT_H

#include <stdbool.h>

#include "reports/bench/sample.h"

/* What is known of one kernel's speed on one case. All texts belong to somebody else. */
struct vjp_bench_result {
    const char *line;   /* the case, threads among it */
    const char *target; /* as a command line names the kernel: "avx2:linear" */
    const char *plugin, *version;
    const char *dtype;
    const char *cpu;
    int threads;

    const char *verdict; /* of the judge, at this very shape */
    const char *reason;  /* in words; "" */
    const char *replay;  /* the command that shows it again */
    bool timed;          /* it was right, and stayed so while it was timed: what follows is set */
    bool above_peak; /* it was right, but too fast to have done the work: not timed; reason tells */

    int64_t calls;          /* that were measured */
    struct vjp_sample time; /* seconds of a call */
    double flops;           /* of a call; 0: not known */
    double bytes;           /* every operand read once, every gradient written once */
    double peak;            /* flop per second of this machine, in the format that is summed in */
    const char *peak_name;  /* "AVX2 FMA f32" */
    double bandwidth;       /* bytes per second of this machine for a working set of this size */
    const char *against;    /* the peer's target, or NULL */
    struct vjp_sample
        ratio;            /* the peer's time / this kernel's, pair by pair; where there is a peer */
    const char *no_ratio; /* why there is none, where one is asked for; else NULL */
    double noise;         /* the spread of the time of fixed work meanwhile: (q3 - q1) / median */
};

/* Beyond this spread a note is shown. The interval of a median of n times is about 1.8 / sqrt(n) of the
 * distance of the quartiles to either side (for normal errors: 1.96 x 1.25 sigma / sqrt(n), and 1.35 sigma
 * between the quartiles); with the 30 or so blocks of a short measurement, 10 % is 3 %, and what two
 * kernels differ by may be less. */
#define VJP_BENCH_NOISE 0.10

/* Flop per second; NaN where not known. */
double vjp_bench_rate(const struct vjp_bench_result *result);

/* rate / peak. */
double vjp_bench_of_peak(const struct vjp_bench_result *result);

/* Flop per byte: the arithmetic intensity. NaN where not known. */
double vjp_bench_intensity(const struct vjp_bench_result *result);

/* What the roofline (Williams, Waterman and Patterson 2009) allows, as a part of the time that was taken: the
 * longer of the times for the operations at the peak and for the bytes at the bandwidth, over the kernel's.
 * That is rate / min(peak, intensity x bandwidth), and is known of layers whose operations nobody has
 * counted, too. */
double vjp_bench_of_roof(const struct vjp_bench_result *result);

/* Writes what makes the times doubtful to text, cut at size: "machine too noisy: ..."; "" where nothing
 * does. Returns text. */
char *vjp_bench_note(const struct vjp_bench_result *result, char *text, int size);

#endif
