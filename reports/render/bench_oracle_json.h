/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_ORACLE_JSON_H
#define VJP_REPORTS_RENDER_BENCH_ORACLE_JSON_H

#include "reports/bench/oracle_result.h"
#include "reports/render/sink.h"

/* JSON lines of types "oracle_ratio" and "oracle_operands". Amounts are in seconds or bytes; what is not known is "nan".
 * A ratio that was not measured has "measured": false and a reason; "goal" is met, missed or none. */
VJP_MUST_CHECK enum vjp_status vjp_bench_json_ratio(struct vjp_sink *sink,
                                                    const struct vjp_oracle_ratio *ratio,
                                                    struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_bench_json_operands(struct vjp_sink *sink,
                                                       const struct vjp_oracle_operands *operands,
                                                       struct vjp_error *error);

#endif
