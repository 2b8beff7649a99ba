/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/factors.h"

#include "oracle/tape/tape_parts.h"

#include <math.h>
#include <stdlib.h>

/* The derivation. Let a node be a product of factors f_1 ... f_k, each an operand or what an operation other
 * than a product gives. A kernel may multiply them in any order. A product of some of them, of two at least,
 * that underflows is off by h (oracle/metric/bound.c), and the rest multiplies that by |f_i| for every factor
 * that is still to come: by no more than the product of max(1, |f_i|) over all but the two for which that is
 * smallest.
 *
 * A kernel may also multiply the terms of a sum and add up behind it, c (t_1 + ... + t_n) as the sum of c t_i.
 * Then each of n products may underflow, with the factors of t_i c. So in place of one factor that is a sum
 * stand those of its terms; of several sums the one where that is most. That a kernel multiplies out two sums,
 * or the sums in the terms of a sum, is left out.
 *
 * The other way round c may be taken out of the terms c t_i of a sum: then a sum of the t_i that a kernel flushes
 * is multiplied by all factors of a term but one.
 *
 * A quotient is a product with the reciprocal. */

/* Of a product, or of the products that are the terms of a sum: the product, or the sum of the products, of
 * all max(1, |f_i|), and the two smallest of them; NO_FACTOR where there is but one. */
struct factors {
    long double spread, least, second;
};

/* Larger than any factor of a kernel's. (x87 takes a hundred times as long for infinity.) */
#define NO_FACTOR 0x1p8000L

static long double smaller(long double a, long double b)
{
    return a < b ? a : b;
}

static long double larger(long double a, long double b)
{
    return a > b ? a : b;
}

static struct factors one_factor(long double size)
{
    const long double factor = larger(fabsl(size), 1);
    return (struct factors){factor, factor, NO_FACTOR};
}

/* The two smallest of four. */
static void set_least(struct factors *out, const struct factors *a, const struct factors *b)
{
    out->least = smaller(a->least, b->least);
    out->second = smaller(larger(a->least, b->least), a->least < b->least ? a->second : b->second);
}

static struct factors times(const struct factors *a, const struct factors *b)
{
    struct factors out = {.spread = a->spread * b->spread};
    set_least(&out, a, b);
    return out;
}

/* What an underflow may be multiplied by: more than 1 for three factors or more. */
static long double remaining(const struct factors *f)
{
    return larger(f->spread / (f->least * f->second), 1);
}

/* The factors of a product, by its edges: an argument and the partial derivative by it, which is the other
 * factor (the reciprocal of a denominator). Without edges both factors are constants. */
static bool factors_of(const struct vjp_tape *tape, int64_t v, int64_t factor[2])
{
    const struct vjp_edge *edge;
    const int operation = tape->node[v].operation;
    const int n = vjp_tape_edges(tape, v, &edge);
    if ((operation != VJP_OP_MUL && operation != VJP_OP_DIV) || n == 0)
        return false;
    if (operation == VJP_OP_DIV && tape->node[edge[0].partial].operation != VJP_OP_RECIPROCAL)
        return false; /* a constant by something: nothing but the quotient itself can underflow */
    factor[0] = edge[0].argument;
    factor[1] = edge[0].partial;
    return true;
}

static bool is_sum(const struct vjp_tape *tape, int64_t v)
{
    const int operation = tape->node[v].operation;
    return operation == VJP_OP_ADD || operation == VJP_OP_SUB || operation == VJP_OP_SUM ||
           operation == VJP_OP_CENTRED;
}

/* A node's factors, with a sum as one of them and with its terms in place of it. */
struct node_factors {
    struct factors whole, terms;
};

static struct node_factors of_terms(const struct vjp_edge *edge, int n, long double size,
                                    const struct node_factors *of)
{
    struct node_factors out = {one_factor(size), {.least = NO_FACTOR, .second = NO_FACTOR}};
    for (int e = 0; e < n; e++) {
        const struct factors *term = &of[edge[e].argument].whole;
        out.terms.spread += term->spread;
        out.terms.least = smaller(out.terms.least, term->least);
        out.terms.second = smaller(out.terms.second, term->second);
    }
    return out;
}

/* The most that a sum of terms may be multiplied by where all factors that are not least are taken out. */
static long double taken_out(const struct vjp_edge *edge, int n, const struct node_factors *of)
{
    long double most = 1;
    for (int e = 0; e < n; e++) {
        const struct factors *term = &of[edge[e].argument].whole;
        most = larger(most, term->spread / term->least);
    }
    return most;
}

static struct node_factors of_product(const struct node_factors *a, const struct node_factors *b)
{
    struct node_factors out = {.whole = times(&a->whole, &b->whole)};
    const struct factors by_a = times(&a->terms, &b->whole), by_b = times(&a->whole, &b->terms);
    out.terms = remaining(&by_a) > remaining(&by_b) ? by_a : by_b;
    return out;
}

bool vjp_factors_reach(const struct vjp_tape *tape, const long double *value, long double *reach)
{
    const int64_t count = vjp_tape_count(tape);
    struct node_factors *of = calloc((size_t)count + 1, sizeof *of);
    if (!of)
        return false;
    for (int64_t v = 0; v < count; v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_edges(tape, v, &edge);
        int64_t f[2];
        if (factors_of(tape, v, f))
            of[v] = of_product(&of[f[0]], &of[f[1]]);
        else if (tape->node[v].operation == VJP_OP_NEG && n > 0)
            of[v] = of[edge[0].argument];
        else if (is_sum(tape, v))
            of[v] = of_terms(edge, n, value[v], of);
        else
            of[v] = (struct node_factors){one_factor(value[v]), one_factor(value[v])};
        reach[v] = is_sum(tape, v) ? taken_out(edge, n, of)
                                   : larger(remaining(&of[v].whole), remaining(&of[v].terms));
    }
    free(of);
    return true;
}
