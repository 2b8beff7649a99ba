/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_mark.h"

#include "cases/line/list.h"
#include "reports/cli/order_cases.h"
#include "reports/cli/order_examine.h"
#include "reports/render/sha256.h"

#include <string.h>

/* A gradient at one shape. */
struct view {
    struct vjp_data ones;
    struct vjp_order_question q;
    int64_t most; /* terms of an element whose order can be asked for; 0: there is none */
};

static void clear_view(struct view *view)
{
    vjp_order_terms_clear(&view->q.terms);
    vjp_data_clear(&view->ones);
}

/* VJP_ERR_LIMIT and VJP_ERR_USAGE: the oracle does not take the shape. */
static enum vjp_status look(const struct vjp_case *c, int input, bool saved, struct view *out,
                            struct vjp_error *error)
{
    *out = (struct view){.q = {.c = c, .input = input, .tree_only = true}};
    enum vjp_status status = vjp_order_constant_data(c, 1, saved, &out->ones, error);
    out->q.ones = &out->ones;
    if (status == VJP_OK)
        status = vjp_order_terms_find(c, &out->ones, input, &out->q.terms, error);
    for (int64_t j = 0; status == VJP_OK && j < out->q.terms.elements; j++) {
        const int64_t n = vjp_order_terms_count(&out->q.terms, j);
        if (n > out->most && n <= VJP_TREE_LEAVES_MAX && vjp_order_is_sum(&out->q, j))
            out->most = n;
    }
    return status;
}

/* The number of the case at which the gradient sums most; -1: it sums at none. */
static enum vjp_status choose(const struct vjp_case_list *cases, int input, bool saved, int *out,
                              struct vjp_error *error)
{
    int64_t most = 1;
    *out = -1;
    for (size_t i = 0; i < cases->count; i++) {
        struct view view = {.most = 0};
        enum vjp_status status = VJP_OK;
        if (vjp_case_has_gradient(&cases->cases[i], input))
            status = look(&cases->cases[i], input, saved, &view, error);
        if (status == VJP_OK && view.most > most) {
            most = view.most;
            *out = (int)i;
        }
        clear_view(&view);
        if (status != VJP_OK && status != VJP_ERR_LIMIT && status != VJP_ERR_USAGE)
            return status;
    }
    return VJP_OK;
}

static void print_tree(const struct vjp_order *order, struct vjp_text *out)
{
    const struct vjp_order_tree *t = &order->tree[0];
    char digits[VJP_SHA256_TEXT];
    struct vjp_sha256 hash;
    if (order->failure[0]) {
        /* Without the address of a crash. */
        vjp_text_add(out, "not revealed: %.*s", (int)strcspn(order->failure, ":"), order->failure);
    } else if (order->n_trees == 0 || t->revelation.outcome == VJP_REVEAL_INCONSISTENT) {
        vjp_text_add(out, "not revealed: no tree explains it");
    } else if (t->revelation.outcome == VJP_REVEAL_NO_SWAMPING) {
        vjp_text_add(out, "not revealed: no swamping");
    } else {
        vjp_sha256_init(&hash);
        vjp_sha256_add(&hash, t->text, strlen(t->text));
        vjp_sha256_end_text(&hash, digits);
        vjp_text_add(out, "%d terms, %s, %.8s", t->revelation.tree.leaves, t->name, digits);
    }
}

static enum vjp_status mark_gradient(struct vjp_target *target, int kernel,
                                     const struct vjp_case *c, int input, bool saved,
                                     struct vjp_text *out, struct vjp_error *error)
{
    struct view view;
    struct vjp_order order = {0};
    char name[VJP_SLOT_NAME_MAX];
    enum vjp_status status = look(c, input, saved, &view, error);
    if (status == VJP_OK)
        status = vjp_order_examine(target, kernel, &view.q, &order, error);
    if (status == VJP_OK) {
        vjp_text_add(out, "%s%s ", out->length > 0 ? " | " : "",
                     vjp_slot_name(c->spec, vjp_slot_gradient(c->spec, input), name, sizeof name));
        print_tree(&order, out);
    }
    vjp_order_clear(&order);
    clear_view(&view);
    return status;
}

enum vjp_status vjp_order_mark(struct vjp_target *target, int kernel, const struct vjp_spec *spec,
                               enum vjp_dtype dtype, struct vjp_text *out, struct vjp_error *error)
{
    const bool saved = target->info->kernel[kernel].model[dtype].wants_saved;
    struct vjp_case_list cases = {0};
    struct vjp_text text = {0};
    enum vjp_status status = vjp_order_cases_mark(spec, dtype, &cases, error);
    for (int input = 0; input < spec->n_inputs && status == VJP_OK; input++) {
        int at;
        status = choose(&cases, input, saved, &at, error);
        if (status == VJP_OK && at >= 0)
            status = mark_gradient(target, kernel, &cases.cases[at], input, saved, &text, error);
    }
    if (status == VJP_OK)
        vjp_text_add(out, "%s", text.length > 0 ? text.data : "no sum of independent terms");
    if (status == VJP_OK && (text.failed || out->failed))
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_text_clear(&text);
    vjp_case_list_clear(&cases);
    return status;
}
