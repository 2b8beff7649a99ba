/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JSON_H
#define VJP_REPORTS_RENDER_JSON_H

#include "cases/base/text.h"
#include "reports/render/record.h"
#include "reports/render/sink.h"

/* The canonical stream of a run: JSON lines. One object of type "header", one of type "check" per
 * record, one of type "summary"; a stream without the last was cut off. What JSON has no number for
 * is a string: the seed as "0x1f", infinities as "inf", NaN as "nan". Between them a campaign has a line of
 * type "find" for each kind of failure and one of type "campaign"; a stream that was merged has, in place of what
 * headers say of their runs, a line of type "run" for each. */

VJP_MUST_CHECK enum vjp_status vjp_json_write_header(struct vjp_sink *sink,
                                                     const struct vjp_run_header *header,
                                                     struct vjp_error *error);
/* What ran where, as a line of its own. */
VJP_MUST_CHECK enum vjp_status
vjp_json_write_run(struct vjp_sink *sink, const struct vjp_run_info *run, struct vjp_error *error);

/* The line of a run or a record as a text, and what writes that. */
VJP_MUST_CHECK enum vjp_status vjp_json_run_text(const struct vjp_run_info *run,
                                                 struct vjp_text *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_json_record_text(const struct vjp_record *record,
                                                    struct vjp_text *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_json_write_record(struct vjp_sink *sink,
                                                     const struct vjp_record *record,
                                                     struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_json_write_summary(struct vjp_sink *sink,
                                                      const struct vjp_totals *totals,
                                                      double seconds, struct vjp_error *error);

/* The library that streams are read with, and its version. Static. */
const char *vjp_json_library(void);

#endif
