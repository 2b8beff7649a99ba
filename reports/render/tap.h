/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_TAP_H
#define VJP_REPORTS_RENDER_TAP_H

#include "reports/render/record.h"
#include "reports/render/sink.h"

/* TAP, version 14 (https://testanything.org/tap-version-14-specification.html), while a run goes on: a test point for
 * each record, those that say nothing of the kernel with the directive SKIP, a failure with its reason and the command
 * that replays it as a block of YAML. The plan comes last, so that a stream that was cut off has none. */

VJP_MUST_CHECK enum vjp_status vjp_tap_begin(struct vjp_sink *sink, struct vjp_error *error);

/* number: from 1. */
VJP_MUST_CHECK enum vjp_status vjp_tap_add(struct vjp_sink *sink, int64_t number,
                                           const struct vjp_record *record,
                                           struct vjp_error *error);

/* of so many points. */
VJP_MUST_CHECK enum vjp_status vjp_tap_end(struct vjp_sink *sink, int64_t count,
                                           struct vjp_error *error);

#endif
