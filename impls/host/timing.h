/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_TIMING_H
#define VJP_IMPLS_HOST_TIMING_H

#include "impls/host/worker_handle.h"

/* Timed calls of one kernel on one case, in its worker.
 *
 * What is measured: the time on CLOCK_MONOTONIC around run alone, taken in the worker, of the same
 * call on the same operands again and again, so that operands are in whatever cache holds them.
 * Tensors begin at a page (or where the case's align says), between guard pages, in pages of the
 * system's ordinary size. Between blocks of calls the worker's processes are stopped, so that threads
 * that wait for more work by spinning take nothing from whoever is measured next. Before every block the
 * outputs are poisoned (NaN), so that what it leaves is its own. */
struct vjp_timing;

/* As many calls as one block can have. */
#define VJP_TIMING_CALLS_MAX 1024

/* Lays the case out in the worker, which must serve nobody else until vjp_timing_end. c, which must
 * not accumulate nor be in place, data and the worker must outlive *out. */
VJP_MUST_CHECK enum vjp_status vjp_timing_begin(struct vjp_worker *worker, int kernel,
                                                const struct vjp_case *c,
                                                const struct vjp_data *data,
                                                struct vjp_timing **out, struct vjp_error *error);

/* Makes calls (1 to VJP_TIMING_CALLS_MAX) and writes the nanoseconds of each. False where one did not
 * complete: vjp_timing_end tells, and no further call is made. The worker's limit for a call holds
 * for all of them together. */
bool vjp_timing_block(struct vjp_timing *timing, int calls, int64_t *nanoseconds);

/* What was seen so far, as vjp_timing_end has it, but for changed operands and the worker's words, with the answer
 * of the last block's last call. Tensors belong to timing and hold until the next block. */
void vjp_timing_look(const struct vjp_timing *timing, struct vjp_observation *out);

/* Counts in *seen, which vjp_timing_look or vjp_timing_end gave, the elements of the answer that hold the poison:
 * no call of the block wrote them. */
void vjp_timing_find_unwritten(struct vjp_observation *seen);

/* Bytes of the tensors that the kernel is given, and of those it writes. */
int64_t vjp_timing_bytes_read(const struct vjp_timing *timing);
int64_t vjp_timing_bytes_written(const struct vjp_timing *timing);

/* Ends it, and says what was seen: *out, to be cleared, is as vjp_worker_run has it, but that answer[0]
 * is what the last call of the last block left and answer[1] is empty. */
void vjp_timing_end(struct vjp_timing *timing, struct vjp_observation *out);

#endif
