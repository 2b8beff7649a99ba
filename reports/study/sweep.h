/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_SWEEP_H
#define VJP_REPORTS_STUDY_SWEEP_H

#include <stdint.h>

#include "cases/base/status.h"
#include "cases/base/text.h"

/* The sizes that a study goes through: "K=2^4..2^14", which doubles from step to step, or "D=16,48,256". */

#define VJP_SWEEP_MAX      64
#define VJP_SWEEP_NAME_MAX 16
#define VJP_SWEEP_SIZE_MAX (INT64_C(1) << 30)

struct vjp_sweep {
    char name[VJP_SWEEP_NAME_MAX]; /* a dimension, or "K": whatever a gradient sums over */
    int count;
    int64_t size[VJP_SWEEP_MAX]; /* ascending, from 1 */
};

/* Reads one. A range goes from its lower end by doubling to the last size that is not above its upper end. The message
 * of a failure begins with "--sweep TEXT: column C: ", 1-based, and says what was found and what was expected. */
VJP_MUST_CHECK enum vjp_status vjp_sweep_parse(const char *text, struct vjp_sweep *out,
                                               struct vjp_error *error);

/* Adds the sweep in its one canonical form, every size in decimal: "K=16,32,64". */
void vjp_sweep_print(const struct vjp_sweep *sweep, struct vjp_text *out);

#endif
