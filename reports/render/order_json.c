/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/order_json.h"

#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <inttypes.h>
#include <string.h>

static json_t *make_replay(const struct vjp_order_tree *t, bool *failed)
{
    struct vjp_json_line j = {.json = json_object()};
    char text[VJP_ORDER_ARITHMETIC_MAX];
    vjp_json_set(&j, "done", json_boolean(t->replayed));
    if (t->replayed) {
        vjp_json_set(&j, "arithmetic",
                     json_string(vjp_order_arithmetic_text(t, text, sizeof text)));
        vjp_json_set(&j, "tried", json_integer(t->tried));
        vjp_json_set(&j, "compared", json_integer(t->compared));
        vjp_json_set(&j, "equal", json_integer(t->equal));
        vjp_json_set(&j, "differs", vjp_json_text(t->differs));
    } else {
        vjp_json_set(&j, "why", vjp_json_text(t->why));
    }
    *failed = *failed || j.failed;
    return j.json;
}

static const char *const outcomes[] = {[VJP_REVEALED] = "revealed",
                                       [VJP_REVEAL_NO_SWAMPING] = "no swamping",
                                       [VJP_REVEAL_INCONSISTENT] = "inconsistent"};

static json_t *make_tree(const struct vjp_order_tree *t, bool *failed)
{
    const struct vjp_revelation *const r = &t->revelation;
    struct vjp_json_line j = {.json = json_object()};
    vjp_json_set(&j, "element", vjp_json_text(t->element));
    vjp_json_set(&j, "outcome", json_string(outcomes[r->outcome]));
    vjp_json_set(&j, "reason", vjp_json_text(r->reason));
    vjp_json_set(&j, "terms", json_integer(r->tree.leaves));
    vjp_json_set(&j, "calls", json_integer(r->calls));
    vjp_json_set(&j, "checked", json_integer(r->checked));
    if (r->outcome == VJP_REVEALED && r->tree.root >= 0 && t->text) {
        vjp_json_set(&j, "height", json_integer(r->tree.node[r->tree.root].height));
        vjp_json_set(&j, "tree", vjp_json_text(t->text));
        vjp_json_set(&j, "name", vjp_json_text(t->name));
        vjp_json_set(&j, "precision",
                     t->probe.precision ? json_integer(t->probe.precision) : json_null());
        vjp_json_set(&j, "at_least", json_boolean(t->probe.at_least));
        vjp_json_set(&j, "rounding", json_string(vjp_probed_rounding_name(t->probe.rounding)));
        vjp_json_set(&j, "subnormals",
                     json_string(vjp_probed_subnormals_name(t->probe.subnormals)));
        vjp_json_set(&j, "products", json_boolean(t->has_products));
        vjp_json_set(&j, "fused", json_integer(t->fused));
        vjp_json_set(&j, "rounded", json_integer(t->rounded));
        vjp_json_set(&j, "unknown", json_integer(t->unknown));
    }
    vjp_json_set(&j, "replay", make_replay(t, &j.failed));
    *failed = *failed || j.failed;
    return j.json;
}

enum vjp_status vjp_order_json_write(struct vjp_sink *sink, const struct vjp_order *order,
                                     struct vjp_error *error)
{
    struct vjp_json_line j = vjp_json_begin("order");
    char text[320];
    json_t *trees = json_array();
    vjp_json_set(&j, "kernel", vjp_json_text(order->kernel));
    vjp_json_set(&j, "layer", vjp_json_text(order->layer));
    vjp_json_set(&j, "dtype", vjp_json_text(order->dtype));
    vjp_json_set(&j, "gradient", vjp_json_text(order->gradient));
    vjp_json_set(&j, "case", vjp_json_text(order->line));
    vjp_json_set(&j, "elements", json_integer(order->elements));
    vjp_json_set(&j, "certified", json_integer(order->certified));
    vjp_json_set(&j, "calls", json_integer(order->calls));
    vjp_json_set(&j, "asymmetric", json_integer(order->asymmetric));
    vjp_json_set(&j, "unsteady", json_integer(order->unsteady));
    vjp_json_set(&j, "failure", vjp_json_text(order->failure));
    vjp_json_set(&j, "certificate", vjp_json_text(vjp_order_certificate(order, text, sizeof text)));
    for (int i = 0; i < order->n_trees; i++) {
        if (json_array_append_new(trees, make_tree(&order->tree[i], &j.failed)) != 0)
            j.failed = true;
    }
    vjp_json_set(&j, "trees", trees);
    return vjp_json_end(&j, sink, error);
}

enum vjp_status vjp_order_json_gap(struct vjp_sink *sink, const char *name, const char *why,
                                   int64_t shapes, struct vjp_error *error)
{
    struct vjp_json_line j = vjp_json_begin("left_out");
    vjp_json_set(&j, "gradient", vjp_json_text(name));
    vjp_json_set(&j, "why", vjp_json_text(why));
    vjp_json_set(&j, "shapes", json_integer(shapes));
    return vjp_json_end(&j, sink, error);
}

enum vjp_status vjp_order_json_summary(struct vjp_sink *sink, const struct vjp_order_tally *tally,
                                       struct vjp_error *error)
{
    struct vjp_json_line j = vjp_json_begin("summary");
    vjp_json_set(&j, "gradients", json_integer(tally->gradients));
    vjp_json_set(&j, "revealed", json_integer(tally->revealed));
    vjp_json_set(&j, "certified", json_integer(tally->certified));
    vjp_json_set(&j, "gaps", json_integer(tally->gaps));
    vjp_json_set(&j, "failed", json_integer(tally->failed));
    vjp_json_set(&j, "calls", json_integer(tally->calls));
    return vjp_json_end(&j, sink, error);
}

static enum vjp_status read_replay(const json_t *json, struct vjp_order_tree_record *out,
                                   struct vjp_error *error)
{
    out->replayed = json_is_true(json_object_get(json, "done"));
    out->differs = "";
    if (!out->replayed)
        return VJP_OK;
    const struct vjp_json_member members[] = {{.key = "arithmetic", .text = &out->arithmetic},
                                              {.key = "differs", .text = &out->differs}};
    return vjp_json_read_members(json, members, 2, error);
}

/* What was revealed: the text is one of a tree. */
static enum vjp_status read_revealed(const json_t *json, struct vjp_order_tree_record *out,
                                     struct vjp_error *error)
{
    struct vjp_tree tree = {0};
    const struct vjp_json_member members[] = {{.key = "tree", .text = &out->tree},
                                              {.key = "name", .text = &out->name},
                                              {.key = "rounding", .text = &out->rounding},
                                              {.key = "subnormals", .text = &out->subnormals},
                                              {.key = "height", .count = &out->height}};
    enum vjp_status status =
        vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
    if (status == VJP_OK && !json_is_null(json_object_get(json, "precision")))
        status = vjp_json_read_count(json, "precision", &out->precision, error);
    out->at_least = json_is_true(json_object_get(json, "at_least"));
    if (status == VJP_OK && (out->terms < 1 || out->terms > VJP_TREE_LEAVES_MAX))
        status = vjp_json_fail_key("terms", "as many terms as a tree can have", error);
    if (status == VJP_OK)
        status = vjp_tree_parse(out->tree, (int)out->terms, &tree, error);
    vjp_tree_clear(&tree);
    return status;
}

static enum vjp_status read_tree(const json_t *json, struct vjp_order_tree_record *out,
                                 struct vjp_error *error)
{
    const struct vjp_json_member members[] = {{.key = "element", .text = &out->element},
                                              {.key = "outcome", .text = &out->outcome},
                                              {.key = "reason", .text = &out->reason},
                                              {.key = "terms", .count = &out->terms},
                                              {.key = "calls", .count = &out->calls}};
    bool known = false;
    *out = (struct vjp_order_tree_record){.element = NULL};
    enum vjp_status status =
        vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes && status == VJP_OK; i++)
        known |= strcmp(out->outcome, outcomes[i]) == 0;
    if (status == VJP_OK && !known)
        status = vjp_json_fail_key("outcome", "an outcome's word", error);
    if (status == VJP_OK && json_object_get(json, "tree"))
        status = read_revealed(json, out, error);
    return status == VJP_OK ? read_replay(json_object_get(json, "replay"), out, error) : status;
}

enum vjp_status vjp_order_read(const void *json, struct vjp_order_record *out,
                               struct vjp_error *error)
{
    const json_t *trees = json_object_get(json, "trees");
    const struct vjp_json_member members[] = {{.key = "kernel", .text = &out->kernel},
                                              {.key = "layer", .text = &out->layer},
                                              {.key = "dtype", .text = &out->dtype},
                                              {.key = "gradient", .text = &out->gradient},
                                              {.key = "case", .text = &out->line},
                                              {.key = "failure", .text = &out->failure},
                                              {.key = "elements", .count = &out->elements},
                                              {.key = "certified", .count = &out->certified},
                                              {.key = "calls", .count = &out->calls},
                                              {.key = "certificate", .text = &out->certificate}};
    *out = (struct vjp_order_record){.n_trees = 0};
    enum vjp_status status =
        vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
    if (status == VJP_OK && (!json_is_array(trees) || json_array_size(trees) > VJP_ORDER_TREES_MAX))
        status = vjp_json_fail_key("trees", "an array of trees, not too many", error);
    for (size_t i = 0; i < json_array_size(trees) && status == VJP_OK; i++) {
        status = read_tree(json_array_get(trees, i), &out->tree[i], error);
        out->n_trees += status == VJP_OK;
    }
    return status;
}

enum vjp_status vjp_order_read_gap(const void *json, struct vjp_order_gap_record *out,
                                   struct vjp_error *error)
{
    const struct vjp_json_member members[] = {{.key = "gradient", .text = &out->gradient},
                                              {.key = "why", .text = &out->why},
                                              {.key = "shapes", .count = &out->shapes}};
    return vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
}
