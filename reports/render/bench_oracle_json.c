/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_oracle_json.h"

#include "oracle/metric/reference.h"
#include "reports/render/json_line.h"

enum vjp_status vjp_bench_json_ratio(struct vjp_sink *sink, const struct vjp_oracle_ratio *r,
                                     struct vjp_error *error)
{
    static const char *const states[] = {
        [VJP_GOAL_NONE] = "none", [VJP_GOAL_MET] = "met", [VJP_GOAL_MISSED] = "missed"};
    char note[160];
    struct vjp_json_line line = vjp_json_begin("oracle_ratio");
    vjp_json_set(&line, "name", vjp_json_text(r->name));
    vjp_json_set(&line, "operands", vjp_json_text(r->operands));
    vjp_json_set(&line, "own", vjp_json_text(r->own));
    vjp_json_set(&line, "other", vjp_json_text(r->other));
    vjp_json_set(&line, "measured", json_boolean(r->measured));
    vjp_json_set(&line, r->sense == VJP_GOAL_AT_MOST ? "at_most" : "at_least",
                 vjp_json_number(r->goal));
    vjp_json_set(&line, "goal", vjp_json_text(states[vjp_oracle_ratio_state(r)]));
    if (r->measured) {
        vjp_json_set(&line, "unit", vjp_json_text(r->unit));
        vjp_json_set(&line, "own_amount", vjp_json_number(r->own_amount));
        vjp_json_set(&line, "other_amount", vjp_json_number(r->other_amount));
        vjp_json_set(&line, "share", vjp_json_number(r->share));
        vjp_json_set_sample(&line, "ratio", &r->ratio);
        vjp_json_set(&line, "spread", vjp_json_number(r->spread));
        vjp_json_set(&line, "noise", vjp_json_number(r->noise));
        vjp_json_set(&line, "note", vjp_json_text(vjp_oracle_ratio_note(r, note, sizeof note)));
    } else {
        vjp_json_set(&line, "reason", vjp_json_text(r->reason));
    }
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_bench_json_operands(struct vjp_sink *sink,
                                        const struct vjp_oracle_operands *operands,
                                        struct vjp_error *error)
{
    static const char *const keys[VJP_SETTLED_COUNT] = {[VJP_SETTLED_FILTER] = "filter",
                                                        [VJP_SETTLED_PRODUCT] = "product",
                                                        [VJP_SETTLED_ACCUMULATOR] = "accumulator",
                                                        [VJP_SETTLED_SPECIAL] = "special"};
    struct vjp_json_line line = vjp_json_begin("oracle_operands");
    struct vjp_json_line settled = {.json = json_object()};
    vjp_json_set(&line, "name", vjp_json_text(operands->name));
    vjp_json_set(&line, "case", vjp_json_text(operands->line));
    vjp_json_set(&line, "change", vjp_json_text(operands->change));
    vjp_json_set(&line, "elements", json_integer(operands->elements));
    for (int i = 0; i < VJP_SETTLED_COUNT; i++)
        vjp_json_set(&settled, keys[i], json_integer(operands->settled[i]));
    vjp_json_set(&line, "settled", settled.json);
    line.failed = line.failed || settled.failed;
    vjp_json_set(&line, "least", vjp_json_number(operands->least));
    return vjp_json_end(&line, sink, error);
}
