/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/reveal.h"

#include "cases/base/stream.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Pairs that are measured once more when the tree is known, drawn at random: whoever adds in another order each time,
 * or by what the data is, is found out. */
#define CHECKS 24

/* Three neighbours after the other that are asked for the precision: in a sum of two at a time the first three tell. */
#define TRIPLES 8

struct measured {
    int leaf;
    int meet; /* leaves below where it meets the pivot */
};

/* A subtree that is being revealed: the leaves at [from, to), with the pivot at from and the others by how far away
 * they meet it. */
struct frame {
    int from, to;
    int next;     /* the first leaf whose group has not been taken */
    int node;     /* what is known so far, the pivot in it */
    int reported; /* leaves below node, as they say */
    int group;    /* the size of the group that is being revealed, and where it meets the pivot */
    int group_meet;
    bool from_end; /* where the pivot is taken */
};

struct search {
    const struct vjp_sum *sum;
    struct vjp_reveal_scale scale; /* exact: so many ones in one call */
    double digit;                  /* 2^b, where M is close to the ones; 0 where it is not */
    struct vjp_revelation *out;
    double *term;
    struct measured *leaf;
    struct frame *frame;
    int depth;
    struct vjp_error *error;
};

VJP_PRINTF(2, 3) static bool fail(struct search *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(s->out->reason, sizeof s->out->reason, format, args);
    va_end(args);
    s->out->outcome = VJP_REVEAL_INCONSISTENT;
    return false;
}

/* How many of the ones a result has kept; negative: that is no count of them. */
static double count_kept(const struct search *s, double result, int ones)
{
    const double digits = result / s->scale.unit;
    const double kept = s->digit > 0 ? fmod(digits, s->digit) : digits;
    const double end = 2 * s->digit * s->digit;
    const bool good = digits >= 0 && digits == floor(digits) && kept <= ones;
    return good && (s->digit == 0 || digits < end) ? kept : -1;
}

/* Leaves below the node where i and j meet, to *out. */
static enum vjp_status measure(struct search *s, int i, int j, int *out, bool *good)
{
    const int n = s->sum->terms;
    int64_t all_kept = 0;
    *good = true;
    for (int64_t from = 0; from < n; from += s->scale.exact) {
        double result;
        int ones = 0;
        for (int k = 0; k < n; k++) {
            const bool here = k >= from && k - from < s->scale.exact && k != i && k != j;
            s->term[k] = here ? s->scale.unit : 0;
            ones += here;
        }
        s->term[i] = s->scale.big;
        s->term[j] = -s->scale.big;
        const enum vjp_status status =
            s->sum->evaluate(s->sum->context, s->term, &result, s->error);
        s->out->calls++;
        if (status != VJP_OK)
            return status;
        const double kept = count_kept(s, result, ones);
        if (kept < 0) {
            *good = fail(s,
                         "with +M at term %d, -M at %d and 1 elsewhere the sum is %.9g, "
                         "which no count of terms is",
                         i, j, result / s->scale.unit);
            return VJP_OK;
        }
        all_kept += (int64_t)kept;
    }
    *out = (int)(n - all_kept);
    return VJP_OK;
}

static int by_meet(const void *a, const void *b)
{
    const struct measured *x = a;
    const struct measured *y = b;
    return x->meet != y->meet ? (x->meet > y->meet) - (x->meet < y->meet)
                              : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static enum vjp_status open_frame(struct search *s, int from, int to, bool from_end, bool *good)
{
    struct frame *const f = &s->frame[s->depth++];
    if (from_end) {
        const struct measured swapped = s->leaf[from];
        s->leaf[from] = s->leaf[to - 1];
        s->leaf[to - 1] = swapped;
    }
    const int pivot = s->leaf[from].leaf;
    *f = (struct frame){.from = from,
                        .to = to,
                        .next = from + 1,
                        .node = pivot,
                        .reported = 1,
                        .from_end = from_end};
    *good = true;
    for (int k = from + 1; k < to && *good; k++) {
        const enum vjp_status status = measure(s, pivot, s->leaf[k].leaf, &s->leaf[k].meet, good);
        if (status != VJP_OK)
            return status;
    }
    qsort(s->leaf + from + 1, (size_t)(to - from - 1), sizeof *s->leaf, by_meet);
    return VJP_OK;
}

/* The group that was asked for is a subtree, node, that says to have so many leaves. */
static bool take_group(struct search *s, struct frame *f, int node, int reported)
{
    struct vjp_tree *const tree = &s->out->tree;
    const int covered = f->next - f->from;
    const bool last = f->next == f->to;
    const int pivot = s->leaf[f->from].leaf;
    if (reported > f->group) { /* its node is the pivot's too */
        if (reported != f->group_meet)
            return fail(s, "terms %d and %d do not meet where others of their subtree do (%d)",
                        pivot, s->leaf[f->next - 1].leaf, f->group_meet);
        vjp_tree_attach(tree, node, f->node);
        f->node = node;
    } else {
        f->node = vjp_tree_join(tree, f->node, node);
    }
    f->reported = f->group_meet;
    if (f->group_meet < covered || (f->group_meet > covered && !last))
        return fail(s, "terms %d and %d meet above %d terms, which does not fit the others", pivot,
                    s->leaf[f->next - 1].leaf, f->group_meet);
    return true;
}

/* Until the outermost subtree is known. */
static enum vjp_status search(struct search *s)
{
    bool good = true;
    enum vjp_status status = open_frame(s, 0, s->sum->terms, false, &good);
    if (status == VJP_OK && good && s->sum->terms > 2 && s->leaf[s->sum->terms - 1].meet == 2) {
        s->out->outcome = VJP_REVEAL_NO_SWAMPING;
        return VJP_OK;
    }
    while (status == VJP_OK && good) {
        struct frame *const f = &s->frame[s->depth - 1];
        if (f->next == f->to) {
            s->depth--;
            if (s->depth == 0) {
                s->out->tree.root = f->node;
                break;
            }
            good = take_group(s, f - 1, f->node, f->reported);
            continue;
        }
        const int from = f->next;
        f->group_meet = s->leaf[from].meet;
        while (f->next < f->to && s->leaf[f->next].meet == f->group_meet)
            f->next++;
        f->group = f->next - from;
        if (f->group == 1)
            good = take_group(s, f, s->leaf[from].leaf, 1);
        else
            status = open_frame(s, from, f->next, f->group == f->to - f->from - 1 && !f->from_end,
                                &good);
    }
    return status;
}

static enum vjp_status check(struct search *s)
{
    const int n = s->sum->terms;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    for (int k = 0; k < CHECKS && n > 2; k++) {
        bool good = false;
        int meet = 0;
        state = vjp_mix64(state + 1);
        const int i = (int)(state % (uint64_t)n);
        const int j = (int)((uint64_t)i + 1 + (state >> 32) % (uint64_t)(n - 1)) % n;
        const enum vjp_status status = measure(s, i, j, &meet, &good);
        if (status != VJP_OK || !good)
            return status;
        if (meet != vjp_tree_meet(&s->out->tree, i, j)) {
            fail(s,
                 "terms %d and %d met above %d terms when asked again: the order is not the "
                 "same every time, or depends on the data",
                 i, j, meet);
            return VJP_OK;
        }
        s->out->checked++;
    }
    return VJP_OK;
}

/* The tree at the scale. */
static enum vjp_status reveal(struct search *s)
{
    struct vjp_revelation *const out = s->out;
    const int n = s->sum->terms;
    enum vjp_status status = vjp_tree_init(&out->tree, n, s->error);
    if (status != VJP_OK)
        return status;
    out->outcome = VJP_REVEALED;
    out->reason[0] = '\0';
    s->depth = 0;
    for (int i = 0; i < n; i++)
        s->leaf[i].leaf = i;
    status = search(s);
    if (status != VJP_OK || out->outcome != VJP_REVEALED)
        return status;
    vjp_tree_finish(&out->tree, out->tree.root);
    if (out->tree.node[out->tree.root].leaves != n) {
        fail(s, "terms meet above %d of %d terms", out->tree.node[out->tree.root].leaves, n);
        return VJP_OK;
    }
    return check(s);
}

/* What M, -M and a one at three leaves leave of M, if it is more than the one: 2^-p, or with a sum that is rounded up
 * 2^(1-p); 0 if not. */
static enum vjp_status ask_three(struct search *s, int plus, int minus, int one, double *out)
{
    double result;
    for (int k = 0; k < s->sum->terms; k++)
        s->term[k] = 0;
    s->term[plus] = s->scale.big;
    s->term[minus] = -s->scale.big;
    s->term[one] = s->scale.unit;
    const enum vjp_status status = s->sum->evaluate(s->sum->context, s->term, &result, s->error);
    s->out->calls++;
    *out = result > s->scale.unit && result < s->scale.big ? result / s->scale.big : 0;
    return status;
}

/* The precision of sums that a one beside an M moves, to *out; 0 where none does. Of three leaves two meet first, unless all
 * do in one node: some neighbours do not, unless all leaves are of one. Each two of them have -M and the one in turn. */
static enum vjp_status find_precision(struct search *s, int *out)
{
    double least = 1;
    enum vjp_status status = VJP_OK;
    for (int k = 0; k + 2 < s->sum->terms && k < TRIPLES && least == 1; k++) {
        for (int one = 0; one < 3 && status == VJP_OK; one++) {
            double left;
            status = ask_three(s, k + (one + 1) % 3, k + (one + 2) % 3, k + one, &left);
            if (left > 0 && left < least)
                least = left;
        }
    }
    int exponent = 1;
    *out = status == VJP_OK && least < 1 && frexp(least, &exponent) == 0.5 ? 1 - exponent : 0;
    return status;
}

/* The scale with M close to the ones, of which as many are summed as the result has room for. False: the format of the
 * terms ends before. */
static bool come_close(struct search *s, int precision)
{
    int q;
    frexp((double)s->scale.exact, &q);
    q--;
    const int b = ((q < precision ? q : precision) - 1) / 2;
    const double unit = ldexp(s->scale.big, -precision - b);
    if (b < 1 || unit < s->scale.unit)
        return false;
    s->scale.unit = unit;
    s->scale.exact = (INT64_C(1) << b) - 1;
    s->digit = ldexp(1, b);
    return true;
}

enum vjp_status vjp_reveal(const struct vjp_sum *sum, const struct vjp_reveal_scale *scale,
                           struct vjp_revelation *out, struct vjp_error *error)
{
    struct vjp_revelation found = {.outcome = VJP_REVEALED};
    struct search s = {.sum = sum, .scale = *scale, .out = &found, .error = error};
    const size_t n = sum->terms > 0 ? (size_t)sum->terms : 0;
    enum vjp_status status = VJP_OK;
    s.term = calloc(n + 1, sizeof *s.term);
    s.leaf = calloc(n + 1, sizeof *s.leaf);
    s.frame = calloc(n + 1, sizeof *s.frame);
    if (!s.term || !s.leaf || !s.frame)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else
        status = reveal(&s);
    if (status == VJP_OK && found.outcome == VJP_REVEAL_INCONSISTENT)
        status = find_precision(&s, &found.precision);
    if (status == VJP_OK && found.precision > 0 && come_close(&s, found.precision)) {
        vjp_tree_clear(&found.tree);
        status = reveal(&s);
    }
    free(s.term);
    free(s.leaf);
    free(s.frame);
    if (status == VJP_OK)
        *out = found;
    else
        vjp_tree_clear(&found.tree);
    return status;
}

void vjp_revelation_clear(struct vjp_revelation *revelation)
{
    vjp_tree_clear(&revelation->tree);
    *revelation = (struct vjp_revelation){0};
}
