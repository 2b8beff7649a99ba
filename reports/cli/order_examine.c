/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_examine.h"

#include "reports/cli/order_replay.h"
#include "reports/study/tree_name.h"
#include "reports/verdict/reason.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A kernel as a sum: the terms of one element are dy's elements at those rows. */
struct asked {
    struct vjp_target *target;
    int kernel;
    const struct vjp_case *c;
    struct vjp_data *data;
    int slot;
    int64_t element;
    const int64_t *row;
    int terms;
    double factor; /* by which what came is divided */
    double old;    /* of what the output held: the factor that the other terms have */
    struct vjp_order *out;
};

static bool is_power_of_two(double value)
{
    int exponent;
    return value > 0 && isfinite(value) && frexp(value, &exponent) == 0.5;
}

bool vjp_order_is_sum(const struct vjp_order_question *question, int64_t j)
{
    double factor;
    return vjp_order_terms_count(&question->terms, j) >= vjp_order_terms_least(question->c) &&
           vjp_order_terms_same(&question->terms, j, &factor) && is_power_of_two(factor);
}

/* What came of a call that did not complete. */
static void note_failure(const struct vjp_observation *seen, struct vjp_order *out)
{
    static const char *const names[] = {
        [VJP_COMPLETED] = "completed", [VJP_DECLINED] = "unsupported", [VJP_REFUSED] = "refused",
        [VJP_CRASHED] = "crashed",     [VJP_EXITED] = "exited",        [VJP_HUNG] = "hung",
    };
    snprintf(out->failure, sizeof out->failure, "%s%s%.200s", names[seen->outcome],
             seen->reason[0] ? ": " : "", seen->reason);
}

/* Gives the kernel a term. What the output held has no factor in the kernel: it gets that of the others beforehand. */
static void set_term(const struct asked *a, int k, double term)
{
    struct vjp_tensor *const dy = &a->data->slot[vjp_slot_cotangent(a->c->spec)];
    struct vjp_tensor *const held = &a->data->slot[a->slot];
    if (a->row[k] == VJP_ORDER_OLD)
        vjp_tensor_set(held, a->element, vjp_bits_from_double(held->dtype, term * a->old));
    else
        vjp_tensor_set(dy, a->row[k], vjp_bits_from_double(dy->dtype, term));
}

static enum vjp_status evaluate(void *context, const double *term, double *result,
                                struct vjp_error *error)
{
    const struct asked *const a = context;
    struct vjp_observation seen;
    *result = (double)NAN;
    if (a->out->failure[0])
        return VJP_OK;
    for (int k = 0; k < a->terms; k++)
        set_term(a, k, term[k]);
    const enum vjp_status status =
        vjp_worker_run(a->target->worker, a->kernel, a->c, a->data, &seen, error);
    for (int k = 0; k < a->terms; k++)
        set_term(a, k, 1);
    if (status != VJP_OK)
        return status;
    a->out->calls++;
    if (seen.outcome != VJP_COMPLETED) {
        note_failure(&seen, a->out);
    } else {
        const struct vjp_tensor *const left = &seen.answer[0][a->slot];
        const struct vjp_tensor *const right = &seen.answer[1][a->slot];
        const uint64_t bits = vjp_tensor_get(left, a->element);
        *result = vjp_bits_to_double(left->dtype, bits) / a->factor;
        a->out->asymmetric += bits != vjp_tensor_get(right, a->element);
        a->out->unsteady += seen.repeat_slot >= 0;
    }
    vjp_observation_clear(&seen);
    return VJP_OK;
}

/* M and 1 for the format: M as large as it can be without overflow of M factor, the room above it being more than
 * any sum of ones needs. f16 has little: from 2^15 down to its smallest number, 2^-24, a factor of 2^39, in which a 1
 * is lost beside M in an accumulator of up to 39 - log2 n - 1 bits; one of f64 shows as no swamping. */
static struct vjp_reveal_scale scale_of(enum vjp_dtype dtype, double factor)
{
    const struct vjp_format *const f = vjp_format(dtype);
    const double more = factor > 1 ? factor : 1;
    const double less = factor < 1 ? factor : 1;
    struct vjp_reveal_scale scale = {.unit = 1, .exact = INT64_C(1) << f->precision};
    if (dtype == VJP_F16) {
        scale.unit = ldexp(1, f->emin - f->precision + 1) / less;
        scale.big = ldexp(1, f->emax) / more;
    } else {
        /* Halfway between nothing and overflow in f32 would be enough for f64 accumulation; 2^7 of room. */
        scale.big = ldexp(1, f->emax - 7) / more;
    }
    return scale;
}

static void count_products(struct vjp_order_tree *tree, const enum vjp_product *product, int n)
{
    for (int i = 0; i < n; i++) {
        tree->fused += product[i] == VJP_PRODUCT_FUSED;
        tree->rounded += product[i] == VJP_PRODUCT_ROUNDED;
        tree->unknown += product[i] == VJP_PRODUCT_UNKNOWN;
    }
}

/* Whether the terms are products that a format of that precision cannot hold, with the factor that the probe has. */
static bool probe_products(const struct vjp_order_question *q, struct asked *a, int64_t element)
{
    double factor;
    const enum vjp_dtype dtype = q->c->dtype;
    if (!q->factors || !q->probed.start || vjp_order_terms_count(&q->probed, element) != a->terms ||
        !vjp_order_terms_same(&q->probed, element, &factor) || factor != vjp_probe_factor(dtype))
        return false;
    a->data = q->factors;
    a->factor = 1;
    a->old = factor;
    return true;
}

/* What the output held was rounded to the dtype, as a rounded product beside it would be. One that the accumulator holds
 * whole looks fused beside it, and no other does: two that are whole cancel. */
static void mend_beside_old(const struct asked *a, const struct vjp_order_tree *tree,
                            enum vjp_product *product)
{
    const struct vjp_tree *const t = &tree->revelation.tree;
    const int old = a->terms - 1;
    if (a->row[old] != VJP_ORDER_OLD ||
        tree->probe.precision < 2 * vjp_format(a->c->dtype)->precision)
        return;
    for (int n = t->node[t->node[old].parent].first; n >= 0; n = t->node[n].next) {
        if (n < t->leaves)
            product[n] = VJP_PRODUCT_ROUNDED;
    }
}

static enum vjp_status print_tree(struct vjp_order_tree *tree, struct vjp_error *error)
{
    struct vjp_text text = {0};
    struct vjp_text name = {0};
    enum vjp_status status = vjp_tree_print(&tree->revelation.tree, &text, error);
    if (status == VJP_OK)
        status = vjp_tree_name(&tree->revelation.tree, &name, error);
    tree->text = text.data;
    tree->name = name.data;
    return status;
}

/* Where the accumulator is wider than the dtype: which additions are not kept in it. */
static enum vjp_status probe_widths(const struct vjp_sum *sum, enum vjp_dtype dtype,
                                    struct vjp_order_tree *tree, struct vjp_error *error)
{
    const struct vjp_tree *const t = &tree->revelation.tree;
    if (tree->probe.precision <= vjp_format(dtype)->precision || dtype == VJP_F16)
        return VJP_OK;
    tree->narrow = calloc((size_t)t->count, 1);
    if (!tree->narrow)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    const enum vjp_status status =
        vjp_probe_widths(sum, t, dtype, tree->narrow, &tree->product_calls, error);
    for (int n = t->leaves; n < t->count && status == VJP_OK; n++)
        tree->n_narrow += tree->narrow[n];
    return status;
}

/* Reveals and probes the order of one element; product has room for its terms. */
static enum vjp_status ask_element(const struct vjp_order_question *q, struct asked *a,
                                   struct vjp_order_tree *tree, enum vjp_product *product,
                                   struct vjp_error *error)
{
    const struct vjp_sum sum = {a->terms, evaluate, a};
    const struct vjp_reveal_scale scale = scale_of(q->c->dtype, a->factor);
    enum vjp_status status = vjp_reveal(&sum, &scale, &tree->revelation, error);
    for (int i = 0; i < a->terms; i++)
        product[i] = VJP_PRODUCT_ROUNDED;
    if (status != VJP_OK || tree->revelation.outcome != VJP_REVEALED)
        return status;
    status = print_tree(tree, error);
    if (status != VJP_OK || q->tree_only)
        return status;
    status = vjp_probe_sum(&sum, &tree->revelation.tree, q->c->dtype, &tree->probe, error);
    if (status == VJP_OK)
        status = probe_widths(&sum, q->c->dtype, tree, error);
    if (status == VJP_OK && probe_products(q, a, a->element)) {
        tree->has_products = true;
        status = vjp_probe_products(&sum, &tree->revelation.tree, q->c->dtype, product,
                                    &tree->product_calls, error);
        if (status == VJP_OK)
            mend_beside_old(a, tree, product);
        count_products(tree, product, a->terms);
    }
    return status;
}

/* The next element of which nothing is known, or -1. */
static int64_t next_element(const struct vjp_order_question *q, const char *state)
{
    for (int64_t j = 0; j < q->terms.elements; j++) {
        if (state[j] == VJP_ORDER_OPEN)
            return j;
    }
    return -1;
}

/* One tree: asks the element, and replays it for all that may have the same. */
static enum vjp_status examine_tree(const struct vjp_order_question *q, struct asked *a,
                                    int64_t element, struct vjp_order_replayer *replayer,
                                    struct vjp_error *error)
{
    struct vjp_order *const out = a->out;
    const int n = (int)vjp_order_terms_count(&q->terms, element);
    enum vjp_product *product = calloc((size_t)n, sizeof *product);
    struct vjp_order_tree *const tree = &out->tree[out->n_trees];
    if (!product)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    *tree = (struct vjp_order_tree){0};
    vjp_reason_element_name(q->c, a->slot, element, tree->element, sizeof tree->element);
    a->element = element;
    a->row = q->terms.row + q->terms.start[element];
    a->terms = n;
    a->data = q->ones;
    vjp_order_terms_same(&q->terms, element, &a->factor);
    a->old = a->factor;
    enum vjp_status status = ask_element(q, a, tree, product, error);
    if (status == VJP_OK)
        out->n_trees++;
    if (status == VJP_OK && !out->failure[0] && !q->tree_only)
        status = vjp_order_replay(replayer, tree, product, element, error);
    free(product);
    return status;
}

enum vjp_status vjp_order_examine(struct vjp_target *target, int kernel,
                                  const struct vjp_order_question *question, struct vjp_order *out,
                                  struct vjp_error *error)
{
    const struct vjp_order_question *const q = question;
    const int slot = vjp_slot_gradient(q->c->spec, q->input);
    struct vjp_order order = {0};
    struct asked a = {.target = target, .kernel = kernel, .c = q->c, .slot = slot, .out = &order};
    struct vjp_observation seen = {0};
    char *state = calloc((size_t)q->terms.elements + 1, 1);
    if (!state)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int64_t j = 0; j < q->terms.elements; j++) {
        state[j] =
            vjp_order_is_sum(q, j) && vjp_order_terms_count(&q->terms, j) <= VJP_TREE_LEAVES_MAX
                ? VJP_ORDER_OPEN
                : VJP_ORDER_NO_SUM;
        order.elements += vjp_order_terms_count(&q->terms, j) >= vjp_order_terms_least(q->c);
    }
    enum vjp_status status = VJP_OK;
    if (!q->tree_only)
        status = vjp_worker_run(target->worker, kernel, q->c, q->random, &seen, error);
    if (status == VJP_OK && !q->tree_only && seen.outcome != VJP_COMPLETED)
        note_failure(&seen, &order);
    struct vjp_order_replayer replayer = {
        .c = q->c,
        .slot = slot,
        .drawn = &q->drawn,
        .random = q->random,
        .got = &seen.answer[0][slot],
        .declared = target->info->kernel[kernel].model[q->c->dtype].accumulate,
        .state = state,
        .certified = &order.certified,
    };
    while (status == VJP_OK && !order.failure[0] &&
           order.n_trees < (q->tree_only ? 1 : VJP_ORDER_TREES_MAX)) {
        const int64_t element = next_element(q, state);
        if (element < 0)
            break;
        status = examine_tree(q, &a, element, &replayer, error);
    }
    vjp_observation_clear(&seen);
    free(state);
    if (status == VJP_OK)
        *out = order;
    else
        vjp_order_clear(&order);
    return status;
}
