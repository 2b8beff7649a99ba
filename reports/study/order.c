/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void vjp_order_clear(struct vjp_order *order)
{
    for (int i = 0; i < order->n_trees; i++) {
        vjp_revelation_clear(&order->tree[i].revelation);
        free(order->tree[i].text);
        free(order->tree[i].name);
        free(order->tree[i].narrow);
    }
    *order = (struct vjp_order){0};
}

/* To nearest goes without saying. */
static const char *const roundings[] = {
    [VJP_ROUND_NEAREST] = "",
    [VJP_ROUND_ZERO] = ", sums truncated",
    [VJP_ROUND_UP] = ", sums rounded up",
    [VJP_ROUND_DOWN] = ", sums rounded down",
};

char *vjp_order_arithmetic_text(const struct vjp_order_tree *tree, char *text, int size)
{
    const struct vjp_order_arithmetic *const a = &tree->arithmetic;
    const char *products = "";
    char narrow[48] = "";
    if (tree->has_products && a->products == VJP_ORDER_ALL_FUSED)
        products = ", fma";
    else if (tree->has_products && a->products == VJP_ORDER_AS_PROBED && tree->fused > 0)
        products = tree->rounded > tree->fused ? ", some fma" : ", fma";
    else if (tree->has_products)
        products = ", products rounded";
    if (a->mixed)
        snprintf(narrow, sizeof narrow, ", rounded %d times on the way", tree->n_narrow);
    const bool directed = a->rounding != VJP_ROUND_NEAREST;
    snprintf(text, (size_t)size, "%s%s%s%s%s%s", vjp_format(a->accumulate)->name, products,
             directed && a->nearest_products ? " to nearest" : "", narrow, roundings[a->rounding],
             directed && a->nearest_result ? ", result to nearest" : "");
    return text;
}

/* How the sums of the trees are rounded that explain something. */
static const char *rounding_text(const struct vjp_order *order)
{
    int rounding = -1;
    for (int i = 0; i < order->n_trees; i++) {
        const int own = (int)order->tree[i].arithmetic.rounding;
        if (order->tree[i].equal == 0)
            continue;
        if (rounding >= 0 && own != rounding)
            return ", sums rounded in several directions";
        rounding = own;
    }
    return rounding < 0 ? "" : roundings[rounding];
}

char *vjp_order_certificate(const struct vjp_order *order, char *text, int size)
{
    const char *not_replayed = NULL;
    for (int i = 0; i < order->n_trees; i++) {
        const struct vjp_order_tree *const t = &order->tree[i];
        if (t->revelation.outcome == VJP_REVEALED && !t->replayed)
            not_replayed = t->why;
    }
    if (order->failure[0])
        snprintf(text, (size_t)size, "no answer: %s", order->failure);
    else if (order->certified > 0 && order->certified == order->elements)
        snprintf(text, (size_t)size,
                 "certified: %s%s, nothing else (%" PRId64 " of %" PRId64 " elements, bit for bit)",
                 order->n_trees == 1 ? "this order" : "these orders", rounding_text(order),
                 order->certified, order->elements);
    else if (order->certified > 0)
        snprintf(text, (size_t)size,
                 "not certified: %" PRId64 " of %" PRId64 " elements have the bits of a replay%s",
                 order->certified, order->elements,
                 order->n_trees == VJP_ORDER_TREES_MAX ? ", and there may be more orders" : "");
    else if (not_replayed)
        snprintf(text, (size_t)size, "not replayed: %s", not_replayed);
    else
        snprintf(text, (size_t)size, "not certified");
    return text;
}
