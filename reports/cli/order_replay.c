/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_replay.h"

#include "reports/study/replay.h"
#include "reports/verdict/reason.h"

#include <stdio.h>
#include <stdlib.h>

struct replaying {
    struct vjp_order_replayer *r;
    const struct vjp_tree *tree;
    const enum vjp_product *probed;
    enum vjp_product *product;
    double *a, *b, *value;
    const char *narrow;
};

static uint64_t replay(struct replaying *p, const struct vjp_order_arithmetic *how, int64_t j)
{
    const struct vjp_order_terms *const t = p->r->drawn;
    const struct vjp_tensor *const dy = &p->r->random->slot[vjp_slot_cotangent(p->r->c->spec)];
    const struct vjp_tensor *const held = &p->r->random->slot[p->r->slot];
    const struct vjp_replay replay = {
        .tree = p->tree,
        .accumulate = how->accumulate,
        .rounding = how->rounding,
        .product_rounding = how->nearest_products ? VJP_ROUND_NEAREST : how->rounding,
        .result_rounding = how->nearest_result ? VJP_ROUND_NEAREST : how->rounding,
        .product = p->product,
        .dtype = p->r->c->dtype,
        .narrow = how->mixed ? p->narrow : NULL};
    for (int i = 0; i < p->tree->leaves; i++) {
        p->a[i] = t->factor[t->start[j] + i];
        const int64_t row = t->row[t->start[j] + i];
        const uint64_t bits =
            row == VJP_ORDER_OLD ? vjp_tensor_get(held, j) : vjp_tensor_get(dy, row);
        p->b[i] = vjp_bits_to_double(dy->dtype, bits);
        p->product[i] = how->products == VJP_ORDER_AS_PROBED   ? p->probed[i]
                        : how->products == VJP_ORDER_ALL_FUSED ? VJP_PRODUCT_FUSED
                                                               : VJP_PRODUCT_ROUNDED;
    }
    return vjp_replay_sum(&replay, p->a, p->b, p->value);
}

static bool is_candidate(const struct replaying *p, int64_t j)
{
    return p->r->state[j] == VJP_ORDER_OPEN &&
           vjp_order_terms_count(p->r->drawn, j) == p->tree->leaves;
}

/* How many of the candidates are as the kernel has them. */
static int64_t count_equal(struct replaying *p, const struct vjp_order_arithmetic *how)
{
    int64_t n = 0;
    for (int64_t j = 0; j < p->r->drawn->elements; j++)
        n += is_candidate(p, j) && replay(p, how, j) == vjp_tensor_get(p->r->got, j);
    return n;
}

/* The formats to try, the likeliest first. */
static int list_formats(const struct vjp_order_replayer *r, const struct vjp_probe *probe,
                        enum vjp_dtype out[4])
{
    int probed = -1;
    enum vjp_dtype all[4] = {r->declared, r->declared, VJP_F32, VJP_F64};
    int n = 0;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (!probe->at_least && vjp_format((enum vjp_dtype)d)->precision == probe->precision)
            probed = d;
    }
    if (probed >= 0)
        all[0] = (enum vjp_dtype)probed;
    for (int i = 0; i < 4; i++) {
        bool is_new = !vjp_dtype_is_narrower(all[i], r->c->dtype);
        for (int k = 0; k < n; k++)
            is_new = is_new && out[k] != all[i];
        if (is_new)
            out[n++] = all[i];
    }
    return n;
}

static void settle(struct replaying *p, struct vjp_order_tree *tree, int64_t element)
{
    struct vjp_order_replayer *const r = p->r;
    bool own = false;
    tree->equal = 0;
    for (int64_t j = 0; j < r->drawn->elements; j++) {
        if (!is_candidate(p, j))
            continue;
        const uint64_t bits = replay(p, &tree->arithmetic, j);
        const uint64_t got = vjp_tensor_get(r->got, j);
        tree->compared++;
        if (bits == got) {
            tree->equal++;
            own = own || j == element;
            r->state[j] = VJP_ORDER_EQUAL;
        } else if (!tree->differs[0]) {
            char name[128];
            snprintf(tree->differs, sizeof tree->differs, "%s is %a, the replay gives %a",
                     vjp_reason_element_name(r->c, r->slot, j, name, sizeof name),
                     vjp_bits_to_double(r->c->dtype, got), vjp_bits_to_double(r->c->dtype, bits));
        }
    }
    *r->certified += tree->equal;
    for (int64_t j = 0; j < r->drawn->elements && !own; j++) {
        if (is_candidate(p, j))
            r->state[j] = VJP_ORDER_DIFFERS;
    }
}

/* The directions to try, the likeliest first: what was probed, and where that is not known, as of two terms, what sums
 * that are made with care have. */
static int list_roundings(const struct vjp_probe *probe, enum vjp_rounding out[2])
{
    out[0] = probe->rounding == VJP_ROUNDING_TRUNCATED ? VJP_ROUND_ZERO
             : probe->rounding == VJP_ROUNDING_UP      ? VJP_ROUND_UP
             : probe->rounding == VJP_ROUNDING_DOWN    ? VJP_ROUND_DOWN
                                                       : VJP_ROUND_NEAREST;
    out[1] = out[0] == VJP_ROUND_NEAREST ? VJP_ROUND_ZERO : VJP_ROUND_NEAREST;
    return probe->rounding == VJP_ROUNDING_NEAREST_EVEN ? 1 : 2;
}

struct search {
    struct replaying *p;
    struct vjp_order_tree *tree;
    int64_t best, all;
};

/* Where sums are not rounded to nearest, products that are rounded by themselves may be, or what comes of an accumulator that
 * is wider than the dtype. */
static void try_one(struct search *s, const struct vjp_order_arithmetic *how)
{
    const bool directed = how->rounding != VJP_ROUND_NEAREST;
    const bool products = directed && how->products != VJP_ORDER_ALL_FUSED;
    const bool result = directed && how->accumulate != s->p->r->c->dtype;
    for (int k = 0; k < 4 && s->best < s->all; k++) {
        struct vjp_order_arithmetic own = *how;
        own.nearest_products = k & 1;
        own.nearest_result = k & 2;
        if ((own.nearest_products && !products) || (own.nearest_result && !result))
            continue;
        const int64_t equal = count_equal(s->p, &own);
        s->tree->tried++;
        if (equal > s->best) {
            s->best = equal;
            s->tree->arithmetic = own;
        }
    }
}

/* Tries every arithmetic until one explains all. */
static void try_all(struct replaying *p, struct vjp_order_tree *tree)
{
    struct search s = {.p = p, .tree = tree, .best = -1};
    enum vjp_dtype format[4];
    enum vjp_rounding rounding[2];
    const int n = list_formats(p->r, &tree->probe, format);
    const int n_roundings = list_roundings(&tree->probe, rounding);
    for (int64_t j = 0; j < p->r->drawn->elements; j++)
        s.all += is_candidate(p, j);
    for (int r = 0; r < n_roundings; r++) {
        struct vjp_order_arithmetic how = {.rounding = rounding[r], .mixed = true};
        for (int i = 0; i < n && tree->n_narrow > 0; i++) {
            how.accumulate = format[i];
            try_one(&s, &how);
        }
        how.mixed = false;
        for (int i = 0; i < n; i++) {
            how.accumulate = format[i];
            for (how.products = VJP_ORDER_AS_PROBED; how.products <= VJP_ORDER_ALL_FUSED;
                 how.products++)
                try_one(&s, &how);
            how.products = VJP_ORDER_AS_PROBED;
        }
    }
}

static void give_up(struct vjp_order_replayer *r, int leaves)
{
    for (int64_t j = 0; j < r->drawn->elements; j++) {
        if (r->state[j] == VJP_ORDER_OPEN && vjp_order_terms_count(r->drawn, j) == leaves)
            r->state[j] = VJP_ORDER_DIFFERS;
    }
}

enum vjp_status vjp_order_replay(struct vjp_order_replayer *replayer, struct vjp_order_tree *tree,
                                 const enum vjp_product *product, int64_t element,
                                 struct vjp_error *error)
{
    const int n = (int)vjp_order_terms_count(replayer->drawn, element);
    struct replaying p = {
        .r = replayer, .tree = &tree->revelation.tree, .probed = product, .narrow = tree->narrow};
    enum vjp_status status = VJP_OK;
    const bool revealed = tree->revelation.outcome == VJP_REVEALED;
    if (!revealed)
        snprintf(tree->why, sizeof tree->why, "the order is not known");
    else if (!replayer->drawn->known)
        snprintf(tree->why, sizeof tree->why,
                 "the factors of the terms are computed numbers on random data");
    else if (n != p.tree->leaves)
        snprintf(tree->why, sizeof tree->why, "on random data it has %d terms", n);
    if (tree->why[0]) {
        replayer->state[element] = VJP_ORDER_DIFFERS;
        give_up(replayer, n);
        return VJP_OK;
    }
    p.product = calloc((size_t)n, sizeof *p.product);
    p.a = calloc((size_t)n, sizeof *p.a);
    p.b = calloc((size_t)n, sizeof *p.b);
    p.value = calloc((size_t)p.tree->count, sizeof *p.value);
    if (!p.product || !p.a || !p.b || !p.value) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    } else {
        tree->replayed = true;
        try_all(&p, tree);
        settle(&p, tree, element);
    }
    free(p.product);
    free(p.a);
    free(p.b);
    free(p.value);
    return status;
}
