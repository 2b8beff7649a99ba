/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/replay.h"

/* Rounding the double (a double's result of two numbers of f16, bf16 or f32) once more is harmless for sums and
 * products to nearest: 53 >= 2 p + 2 (Figueroa, "When is double rounding innocuous?", 1995). For f16 and bf16 a fused
 * a b is exact in f32, and the sum then in a double up to a rounding that could be doubled only where c is 2^29 times as
 * large or small. In the other directions all is exact (rounded.h). */

/* One addition of two children; the one that is a leaf with a fused product is not yet rounded. */
static double add_two(const struct vjp_replay *r, const double *a, const double *b,
                      const double *value, int i, int j)
{
    const struct vjp_tree_node *const node = r->tree->node;
    if (node[j].children == 0 && r->product[j] == VJP_PRODUCT_FUSED)
        return vjp_rounded_fma(r->accumulate, r->rounding, a[j], b[j], value[i]);
    if (node[i].children == 0 && r->product[i] == VJP_PRODUCT_FUSED)
        return vjp_rounded_fma(r->accumulate, r->rounding, a[i], b[i], value[j]);
    return vjp_rounded_sum(r->accumulate, r->rounding, value[i], value[j]);
}

static double add_many(const struct vjp_replay *r, const double *a, const double *b,
                       const double *value, int node)
{
    long double sum = 0;
    for (int c = r->tree->node[node].first; c >= 0; c = r->tree->node[c].next)
        sum += r->tree->node[c].children == 0 ? (long double)a[c] * b[c] : (long double)value[c];
    const double near = (double)sum;
    return vjp_rounded_rest(r->accumulate, r->rounding, near, (double)(sum - near));
}

uint64_t vjp_replay_sum(const struct vjp_replay *replay, const double *a, const double *b,
                        double *value)
{
    const struct vjp_replay *const r = replay;
    const struct vjp_tree *const t = r->tree;
    for (int i = 0; i < t->leaves; i++)
        value[i] = vjp_rounded_product(r->accumulate, r->product_rounding, a[i], b[i]);
    for (int i = t->leaves; i < t->count; i++) {
        const int first = t->node[i].first;
        value[i] = t->node[i].children == 2 ? add_two(r, a, b, value, first, t->node[first].next)
                                            : add_many(r, a, b, value, i);
        if (r->narrow && r->narrow[i])
            value[i] = vjp_rounded(r->dtype, r->result_rounding, value[i]);
    }
    return vjp_bits_from_double(r->dtype,
                                vjp_rounded(r->dtype, r->result_rounding, value[t->root]));
}
