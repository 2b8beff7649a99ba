/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/probe.h"

#include <math.h>
#include <stdlib.h>

/* A sum that is asked with all terms 0 but a few. */
struct asking {
    const struct vjp_sum *sum;
    double *term;
    int64_t calls;
    struct vjp_error *error;
};

struct few {
    int leaf;
    double value;
};

static enum vjp_status ask(struct asking *a, const struct few *few, int n, double *result)
{
    for (int i = 0; i < a->sum->terms; i++)
        a->term[i] = 0;
    for (int i = 0; i < n; i++)
        a->term[few[i].leaf] = few[i].value;
    a->calls++;
    return a->sum->evaluate(a->sum->context, a->term, result, a->error);
}

/* Three leaves of which the first two meet in the node and the third above it: first + second is rounded before third
 * comes. False at the root. */
static bool three_at(const struct vjp_tree *t, int n, int leaf[3])
{
    const int up = t->node[n].parent;
    if (up < 0)
        return false;
    const int a = t->node[n].first;
    int other = t->node[up].first;
    if (other == n)
        other = t->node[other].next;
    leaf[0] = t->node[a].least;
    leaf[1] = t->node[t->node[a].next].least;
    leaf[2] = t->node[other].least;
    return true;
}

/* In the lowest node there is, so that they are in the main part of the sum. False where there are none. */
static bool find_three(const struct vjp_tree *t, int leaf[3])
{
    for (int n = t->leaves; n < t->count; n++) {
        if (three_at(t, n, leaf))
            return true;
    }
    return false;
}

/* (base + x) - base, which is 0 where x is lost; base and x with the sign. */
static enum vjp_status add_and_take(struct asking *a, const int leaf[3], double base, double x,
                                    double *out)
{
    const struct few few[] = {{leaf[0], base}, {leaf[1], x}, {leaf[2], -base}};
    return ask(a, few, 3, out);
}

/* The largest t with (1 + 2^-t) - 1 not 0, plus one: 24 for f32, 53 for f64, more for an accumulator with extra bits
 * (after the probes "1 + 4 2^-25" of Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA tensor cores",
 * PeerJ Computer Science 7:e330, 2021). 1 + 2^-p is a tie, which goes to the even 1; away from zero it would be kept,
 * and p come out one too large, so that 2^-t has to come back as it is. */
static enum vjp_status find_precision(struct asking *a, const int leaf[3], enum vjp_dtype dtype,
                                      struct vjp_probe *out)
{
    const struct vjp_format *const f = vjp_format(dtype);
    const int least = f->emin - f->precision + 1;
    const int end = -least < 120 ? -least : 120;
    for (int t = 2; t <= end; t++) {
        double result;
        const enum vjp_status status = add_and_take(a, leaf, 1, ldexp(1, -t), &result);
        if (status != VJP_OK)
            return status;
        if (isnan(result))
            return VJP_OK;
        if (result != ldexp(1, -t)) {
            out->precision = t;
            return VJP_OK;
        }
    }
    out->precision = end + 1;
    out->at_least = true;
    return VJP_OK;
}

/* base: a power of two, ulp: of numbers from there on. */
static enum vjp_status find_rounding(struct asking *a, const int leaf[3], double base, double ulp,
                                     struct vjp_probe *out)
{
    double more, less, negative, tie;
    enum vjp_status status = add_and_take(a, leaf, base, 0.75 * ulp, &more);
    if (status == VJP_OK)
        status = add_and_take(a, leaf, base, 0.25 * ulp, &less);
    if (status == VJP_OK)
        status = add_and_take(a, leaf, -base, -0.75 * ulp, &negative);
    if (status == VJP_OK)
        status = add_and_take(a, leaf, base, 0.5 * ulp, &tie);
    if (status != VJP_OK)
        return status;
    const bool known = (more == 0 || more == ulp) && (less == 0 || less == ulp) &&
                       (negative == 0 || negative == -ulp) && (tie == 0 || tie == ulp);
    if (known && more != 0 && less == 0 && negative != 0)
        out->rounding = tie == 0 ? VJP_ROUNDING_NEAREST_EVEN : VJP_ROUNDING_NEAREST_AWAY;
    else if (known && more == 0 && less == 0 && negative == 0)
        out->rounding = VJP_ROUNDING_TRUNCATED;
    else if (known && more != 0 && less != 0 && negative == 0)
        out->rounding = VJP_ROUNDING_UP;
    else if (known && more == 0 && less == 0 && negative != 0)
        out->rounding = VJP_ROUNDING_DOWN;
    return VJP_OK;
}

/* A subnormal among zeros, and the subnormal difference of two normal numbers. */
static enum vjp_status find_subnormals(struct asking *a, const struct vjp_tree *tree,
                                       enum vjp_dtype dtype, struct vjp_probe *out)
{
    const double least = ldexp(1, vjp_format(dtype)->emin);
    const int i = tree->node[tree->node[tree->root].first].least;
    const int j = tree->node[tree->node[tree->node[tree->root].first].next].least;
    const struct few alone[] = {{i, least / 2}};
    const struct few both[] = {{i, least * 1.5}, {j, -least}};
    double operand, result;
    enum vjp_status status = ask(a, alone, 1, &operand);
    if (status == VJP_OK)
        status = ask(a, both, 2, &result);
    if (status != VJP_OK)
        return status;
    if (result == least / 2 && operand == least / 2)
        out->subnormals = VJP_SUBNORMALS_KEPT;
    else if (result == least / 2 && operand == 0)
        out->subnormals = VJP_SUBNORMALS_IGNORED;
    else if (result == 0)
        out->subnormals = VJP_SUBNORMALS_FLUSHED;
    return VJP_OK;
}

enum vjp_status vjp_probe_sum(const struct vjp_sum *sum, const struct vjp_tree *tree,
                              enum vjp_dtype dtype, struct vjp_probe *out, struct vjp_error *error)
{
    struct vjp_probe probe = {0};
    struct asking a = {.sum = sum, .error = error};
    enum vjp_status status = VJP_OK;
    int leaf[3];
    a.term = calloc((size_t)sum->terms, sizeof *a.term);
    if (!a.term)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (sum->terms > 1)
        status = find_subnormals(&a, tree, dtype, &probe);
    if (status == VJP_OK && find_three(tree, leaf)) {
        status = find_precision(&a, leaf, dtype, &probe);
        if (status == VJP_OK && probe.precision > 0 && !probe.at_least) {
            /* A quarter of the ulp is a number of the format; f16 with sums of f32 has none below 1. */
            const int least = vjp_format(dtype)->emin - vjp_format(dtype)->precision + 1;
            const int quarter = -1 - probe.precision;
            const double base = ldexp(1, quarter < least ? least - quarter : 0);
            status = find_rounding(&a, leaf, base, ldexp(base, 1 - probe.precision), &probe);
        }
    }
    free(a.term);
    probe.calls = a.calls;
    if (status == VJP_OK)
        *out = probe;
    return status;
}

/* (1 + 2^-t) - 1 with the 1 and 2^-t meeting in the node, t being just beyond the format's precision. */
enum vjp_status vjp_probe_widths(const struct vjp_sum *sum, const struct vjp_tree *tree,
                                 enum vjp_dtype dtype, char *narrow, int64_t *calls,
                                 struct vjp_error *error)
{
    struct asking a = {.sum = sum, .error = error};
    const double x = ldexp(1, -vjp_format(dtype)->precision - 1);
    enum vjp_status status = VJP_OK;
    a.term = calloc((size_t)sum->terms, sizeof *a.term);
    if (!a.term)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int n = tree->leaves; n < tree->count && status == VJP_OK; n++) {
        double result;
        int leaf[3];
        narrow[n] = 0;
        if (!three_at(tree, n, leaf))
            continue;
        status = add_and_take(&a, leaf, 1, x, &result);
        if (status == VJP_OK)
            narrow[n] = result != x ? 1 : 0;
    }
    *calls += a.calls;
    free(a.term);
    return status;
}

double vjp_probe_factor(enum vjp_dtype dtype)
{
    return 1 + ldexp(1, -(vjp_format(dtype)->precision / 2 + 1));
}

/* -v in one leaf and v in another, where all factors are v: the first product is rounded to r, the second is not if it
 * is fused, and v^2 - r is left; 0 if both are rounded. (The classical test for FMA, with v = 1 + 2^-12 and f32, as in
 * Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed.; here v^2 - r is no half ulp.) Of sums that are rounded
 * down the first becomes -r - ulp. */
enum vjp_status vjp_probe_products(const struct vjp_sum *products, const struct vjp_tree *tree,
                                   enum vjp_dtype dtype, enum vjp_product *product, int64_t *calls,
                                   struct vjp_error *error)
{
    struct asking a = {.sum = products, .error = error};
    const double v = vjp_probe_factor(dtype);
    /* v^2 = 1 + 2^(1-h) + 2^-2h; f64 does not hold that of its own v, which fma finds. */
    const double rounded = vjp_bits_to_double(dtype, vjp_bits_from_double(dtype, v * v));
    const double left = fma(v, v, -rounded);
    const double ulp = ldexp(1, 1 - vjp_format(dtype)->precision);
    enum vjp_status status = VJP_OK;
    a.term = calloc((size_t)products->terms, sizeof *a.term);
    if (!a.term)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int j = 0; j < tree->leaves && status == VJP_OK; j++) {
        const struct vjp_tree_node *const up =
            tree->node[j].parent >= 0 ? &tree->node[tree->node[j].parent] : NULL;
        double result;
        product[j] = VJP_PRODUCT_UNKNOWN;
        if (!up || up->children != 2)
            continue;
        const int other = up->first == j ? tree->node[j].next : up->first;
        const struct few few[] = {{tree->node[other].least, -v}, {j, v}};
        status = ask(&a, few, 2, &result);
        if (status != VJP_OK)
            break;
        if (result == left || result == left - ulp)
            product[j] = VJP_PRODUCT_FUSED;
        else if (result == 0 || result == -left) /* the other leaf's is fused: it came later */
            product[j] = VJP_PRODUCT_ROUNDED;
    }
    *calls += a.calls;
    free(a.term);
    return status;
}

const char *vjp_probed_rounding_name(enum vjp_probed_rounding rounding)
{
    static const char *const names[] = {
        [VJP_ROUNDING_UNKNOWN] = "not known",
        [VJP_ROUNDING_NEAREST_EVEN] = "to nearest, ties to even",
        [VJP_ROUNDING_NEAREST_AWAY] = "to nearest, ties away",
        [VJP_ROUNDING_TRUNCATED] = "toward zero",
        [VJP_ROUNDING_UP] = "up",
        [VJP_ROUNDING_DOWN] = "down",
    };
    return names[rounding];
}

const char *vjp_probed_subnormals_name(enum vjp_probed_subnormals subnormals)
{
    static const char *const names[] = {
        [VJP_SUBNORMALS_UNKNOWN] = "not known",
        [VJP_SUBNORMALS_KEPT] = "kept",
        [VJP_SUBNORMALS_FLUSHED] = "flushed",
        [VJP_SUBNORMALS_IGNORED] = "ignored where operands are",
    };
    return names[subnormals];
}
