/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JSON_H
#define VJP_REPORTS_RENDER_JSON_H

#include "reports/render/record.h"
#include "reports/render/sink.h"

/* The canonical stream of a run: JSON lines. One object of type "header", one of type "check" per
 * record, one of type "summary"; a stream without the last was cut off. What JSON has no number for
 * is a string: the seed as "0x1f", infinities as "inf", NaN as "nan". */

VJP_MUST_CHECK enum vjp_status vjp_json_write_header(struct vjp_sink *sink,
                                                     const struct vjp_run_header *header,
                                                     struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_json_write_record(struct vjp_sink *sink,
                                                     const struct vjp_record *record,
                                                     struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_json_write_summary(struct vjp_sink *sink,
                                                      const struct vjp_totals *totals,
                                                      double seconds, struct vjp_error *error);

#endif
