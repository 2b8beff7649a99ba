/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/replay.h"

#include <math.h>

/* Rounding the double (a double's result of two numbers of f16, bf16 or f32) once more is harmless for sums and
 * products: 53 >= 2 p + 2 (Figueroa, "When is double rounding innocuous?", 1995). */
static double round_to(enum vjp_dtype dtype, double value)
{
    if (dtype == VJP_F64)
        return value;
    if (dtype == VJP_F32)
        return (double)(float)value;
    return vjp_bits_to_double(dtype, vjp_bits_from_double(dtype, value));
}

/* a b + c, rounded once. For f16 and bf16 a b is exact in f32, and the sum then in a double up to a rounding that
 * could be doubled only where c is 2^29 times as large or small. */
static double fused(enum vjp_dtype dtype, double a, double b, double c)
{
    if (dtype == VJP_F32)
        return (double)fmaf((float)a, (float)b, (float)c);
    return round_to(dtype, fma(a, b, c));
}

/* One addition of two children; the one that is a leaf with a fused product is not yet rounded. */
static double add_two(const struct vjp_replay *r, const double *a, const double *b,
                      const double *value, int i, int j)
{
    const struct vjp_tree_node *const node = r->tree->node;
    if (node[j].children == 0 && r->product[j] == VJP_PRODUCT_FUSED)
        return fused(r->accumulate, a[j], b[j], value[i]);
    if (node[i].children == 0 && r->product[i] == VJP_PRODUCT_FUSED)
        return fused(r->accumulate, a[i], b[i], value[j]);
    return round_to(r->accumulate, value[i] + value[j]);
}

static double add_many(const struct vjp_replay *r, const double *a, const double *b,
                       const double *value, int node)
{
    long double sum = 0;
    for (int c = r->tree->node[node].first; c >= 0; c = r->tree->node[c].next)
        sum += r->tree->node[c].children == 0 ? (long double)a[c] * b[c] : (long double)value[c];
    return round_to(r->accumulate, (double)sum);
}

uint64_t vjp_replay_sum(const struct vjp_replay *replay, const double *a, const double *b,
                        double *value)
{
    const struct vjp_tree *const t = replay->tree;
    for (int i = 0; i < t->leaves; i++)
        value[i] = round_to(replay->accumulate, a[i] * b[i]);
    for (int i = t->leaves; i < t->count; i++) {
        const int first = t->node[i].first;
        value[i] = t->node[i].children == 2
                       ? add_two(replay, a, b, value, first, t->node[first].next)
                       : add_many(replay, a, b, value, i);
        if (replay->narrow && replay->narrow[i])
            value[i] = round_to(replay->dtype, value[i]);
    }
    return vjp_bits_from_double(replay->dtype, value[t->root]);
}
