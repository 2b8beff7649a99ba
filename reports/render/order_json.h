/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ORDER_JSON_H
#define VJP_REPORTS_RENDER_ORDER_JSON_H

#include "reports/render/sink.h"
#include "reports/study/order.h"

/* The lines of order.jsonl. */

/* {"type":"study","version","study":"order","line","seed"} */
VJP_MUST_CHECK enum vjp_status vjp_order_json_header(struct vjp_sink *sink, const char *version,
                                                     const char *line, uint64_t seed,
                                                     struct vjp_error *error);

/* {"type":"order","kernel","layer","dtype","gradient","case","elements","certified","calls","asymmetric","unsteady",
 *  "failure","certificate","trees":[{"element","outcome","reason","terms","height","calls","checked","tree","name",
 *    "precision","at_least","rounding","subnormals","fused","rounded","replay":{...}}]} */
VJP_MUST_CHECK enum vjp_status
vjp_order_json_write(struct vjp_sink *sink, const struct vjp_order *order, struct vjp_error *error);

/* {"type":"gap","gradient":"layernorm dx","why","shapes"}: what was left out, in words. */
VJP_MUST_CHECK enum vjp_status vjp_order_json_gap(struct vjp_sink *sink, const char *name,
                                                  const char *why, int64_t shapes,
                                                  struct vjp_error *error);

struct vjp_order_tally {
    int64_t gradients; /* of a kernel, at a shape, that were asked */
    int64_t revealed;
    int64_t certified; /* every element */
    int64_t gaps;
    int64_t failed; /* the kernel did not answer */
    int64_t calls;
};

/* {"type":"summary",...}: the last line. */
VJP_MUST_CHECK enum vjp_status vjp_order_json_summary(struct vjp_sink *sink,
                                                      const struct vjp_order_tally *tally,
                                                      struct vjp_error *error);

#endif
