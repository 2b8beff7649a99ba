/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BASELINE_H
#define VJP_REPORTS_RENDER_BASELINE_H

#include "reports/render/sink.h"
#include "reports/render/summary.h"

/* What kernels are expected to say, as a small file for a repository: JSON lines, sorted, one for each kernel and dtype,
 * behind a first one with the format. A line has the kernel as a table shows it, without the folder of its plug-in; how
 * many verdicts of each kind there were; a hash of the cases, whatever their order; the largest error in parts of its
 * bound, rounded up to three digits; and what the summation trees are known by, "" where that is not known.
 *
 * What counts as a change must be the same on any machine.
 * - A kernel and dtype that is new or gone, other cases, another number of any verdict that is a failure, of vacuous,
 *   unsupported, not run or left out cases always counts.
 * - Layers that are sums of products are made of operations that IEEE 754 rounds correctly: a deterministic kernel built
 *   without fast-math gives the same bits everywhere. There another number of exact and pass counts, and any change in
 *   the three digits of the error.
 * - Other layers may call exp and the like, and two libraries of them, or two variants of one for two CPUs, differ in the
 *   last place, by 2 u |result|. The bound takes 4 u |result| for such a call and multiplies by 4 (README, "The bound"),
 *   so that 2 u of 16 u, an eighth of the bound, may come and go, and a result be correctly rounded or not. There exact
 *   and pass count together, and the error counts where it differs by more than VJP_BASELINE_SLACK.
 * - The tree counts where both know it.
 * - A kernel that said "unsupported" to every case, with one and the same reason but for as many as it declines anyway,
 *   cannot run on this machine (which lacks AVX2): it is skipped, which is counted and shown, and is no change. */
#define VJP_BASELINE_SLACK 0.125

struct vjp_baseline_row {
    char *kernel;
    char *layer;
    char *dtype;
    char *tree;
    uint64_t asked;
    struct vjp_totals totals; /* checks is the sum */
    double ratio;             /* rounded up; -1: nothing was measured */
    char *skipped; /* of a run that ran nothing: its most frequent reason; NULL: the kernel ran */
    int64_t skips; /* cases with that reason */
};

/* A zeroed struct is empty; to be cleared. */
struct vjp_baseline {
    struct vjp_baseline_row *row; /* sorted by kernel and dtype */
    int count;
};

/* Of a run. VJP_ERR_USAGE where two kernels have one name. */
VJP_MUST_CHECK enum vjp_status vjp_baseline_make(const struct vjp_summary *summary,
                                                 struct vjp_baseline *out, struct vjp_error *error);
void vjp_baseline_clear(struct vjp_baseline *baseline);

/* What has more than three digits there is rounded as it would have been written. VJP_ERR_USAGE, with file and line, where
 * it is none, of another format, or not there. */
VJP_MUST_CHECK enum vjp_status vjp_baseline_read(const char *path, struct vjp_baseline *out,
                                                 struct vjp_error *error);

/* The file has all or, if that fails, what it had. */
VJP_MUST_CHECK enum vjp_status
vjp_baseline_write(const char *path, const struct vjp_baseline *baseline, struct vjp_error *error);

/* By kernel, then by dtype: below, at or above 0. */
int vjp_baseline_order(const struct vjp_baseline_row *a, const struct vjp_baseline_row *b);

/* Whether the run has the kernel, called as in a table, in the dtype, and it was not skipped. */
bool vjp_baseline_wants_tree(const struct vjp_baseline *baseline, const char *kernel,
                             const char *dtype);

/* What the summation trees of such a kernel are known by. Of one that the run does not have nothing is set. */
VJP_MUST_CHECK enum vjp_status vjp_baseline_set_tree(struct vjp_baseline *baseline,
                                                     const char *kernel, const char *dtype,
                                                     const char *tree, struct vjp_error *error);

/* Prints a line for each change from what was expected, and returns their number; and for each kernel and dtype that was
 * skipped, whose number goes to *skipped. */
int vjp_baseline_compare(const struct vjp_baseline *expected, const struct vjp_baseline *now,
                         FILE *out, int *skipped);

/* Three digits, rounded up: 0.97612 gives 0.977. Below 2^-40 0: of two ways to derive an exact result the one leaves 0,
 * the other the width of an enclosure. */
double vjp_baseline_round(double ratio);

#endif
