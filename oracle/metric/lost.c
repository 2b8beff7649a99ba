/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/lost.h"

#include "oracle/exact/contraction.h"

#include <math.h>
#include <stdlib.h>

/* How likely an explanation by chance may be: of a failure, of which it names the cause. */
#define CHANCE 1e-2

/* One element that is outside. */
struct sum {
    long double *prefix; /* prefix[k]: the sum of the first k terms */
    long double *size;   /* that of their magnitudes */
    long double error;   /* of the answer */
    long double allowed; /* by how much rounding may blur it */
};

struct search {
    const struct vjp_tensor *got;
    const struct vjp_tensor *old; /* NULL: none */
    struct vjp_contraction contraction;
    long double u; /* of the sums */
    int64_t index[VJP_LOST_ELEMENTS];
    int count;
    struct sum sum[VJP_LOST_ELEMENTS];
    double *left, *right;
};

static void note(void *env, int64_t i)
{
    struct search *s = env;
    if (s->count < VJP_LOST_ELEMENTS)
        s->index[s->count++] = i;
}

/* Products of numbers of up to 32 bits are exact, others rounded to 64 bits, as sums are: far below what is allowed. */
static bool add_up(struct search *s, int e)
{
    const struct vjp_contraction *r = &s->contraction;
    const struct vjp_contraction_place place = vjp_contraction_find(r, s->index[e]);
    struct sum *sum = &s->sum[e];
    const enum vjp_dtype dtype = s->got->dtype;
    vjp_contraction_left(r, place.batch, place.row, s->left);
    vjp_contraction_right(r, place.batch, place.col, s->right);
    vjp_contraction_drop(r, &place, s->left, s->right);
    for (int64_t k = 0; k < r->terms; k++) {
        const long double term = (long double)s->left[k] * s->right[k];
        sum->prefix[k + 1] = sum->prefix[k] + term;
        sum->size[k + 1] = sum->size[k] + fabsl(term);
    }
    const long double size = sum->size[r->terms];
    const long double got = vjp_bits_to_double(dtype, vjp_tensor_get(s->got, s->index[e]));
    const long double old =
        s->old ? vjp_bits_to_double(dtype, vjp_tensor_get(s->old, s->index[e])) : 0;
    sum->error = got - old - sum->prefix[r->terms];
    /* k u S, twice, as a block may be lost in one order and added up in another; and what the result and the sum with
     * what was there are rounded by. */
    sum->allowed = 2 * (long double)(r->terms + 1) * s->u * (size + fabsl(old)) +
                   2 * ldexpl(fabsl(got), -vjp_format(dtype)->precision);
    return isfinite((double)sum->error) && isfinite((double)size) && size > 0;
}

/* Whether the terms from to to - 1 are the error of element e, of either sign. */
static bool explains(const struct search *s, int e, int64_t from, int64_t to, bool twice)
{
    const struct sum *sum = &s->sum[e];
    const long double block = sum->prefix[to] - sum->prefix[from];
    return fabsl(sum->error - (twice ? block : -block)) <= sum->allowed &&
           fabsl(block) > sum->allowed;
}

static bool explains_all(const struct search *s, int64_t from, int64_t to, bool twice)
{
    for (int e = 0; e < s->count; e++) {
        if (!explains(s, e, from, to, twice))
            return false;
    }
    return true;
}

/* A block explains an element by chance where its sum, one of about terms numbers of a size of S / sqrt(terms), is as
 * near to the error as is allowed. There are about terms^2 blocks and signs; for one element only those at an end of the
 * sum, and single terms, count, which are 6 terms. */
static bool is_telling(const struct search *s)
{
    const double n = (double)s->contraction.terms;
    const double blocks = s->count > 1 ? n * n : 6 * n;
    double chance = blocks;
    for (int e = 0; e < s->count; e++)
        chance *= fmin(1, 4 * (n + 1) * (double)s->u * sqrt(n));
    return chance <= CHANCE;
}

static bool is_likely(const struct search *s, int64_t from, int64_t to)
{
    const int64_t terms = s->contraction.terms;
    if (from == 0 && to == terms) /* all: that is another finding */
        return false;
    return s->count > 1 || from == 0 || to == terms || to == from + 1;
}

/* The same, but for terms so small that nothing tells whether they are lost. */
static bool is_same(const struct search *s, const struct vjp_lost *a, const struct vjp_lost *b)
{
    bool same = a->twice == b->twice;
    for (int e = 0; e < s->count; e++) {
        const struct sum *sum = &s->sum[e];
        same = same && fabsl(sum->size[a->from] - sum->size[b->from]) <= 2 * sum->allowed &&
               fabsl(sum->size[a->to] - sum->size[b->to]) <= 2 * sum->allowed;
    }
    return same;
}

/* Where several blocks explain the errors, as among few small integers, nothing is known. */
static bool search(const struct search *s, struct vjp_lost *out)
{
    const int64_t terms = s->contraction.terms;
    bool found = false;
    for (int64_t from = 0; from < terms; from++) {
        for (int64_t to = terms; to > from; to--) {
            for (int twice = 0; twice < 2; twice++) {
                const struct vjp_lost block = {from, to, terms, twice};
                if (!is_likely(s, from, to) || !explains_all(s, from, to, twice))
                    continue;
                if (found && !is_same(s, out, &block))
                    return false;
                *out = block; /* the last is the shortest */
                found = true;
            }
        }
    }
    return found;
}

/* The sums of the elements that are outside. */
static enum vjp_status fill(struct search *s, bool *found, struct vjp_lost *out,
                            struct vjp_error *error)
{
    const size_t terms = (size_t)s->contraction.terms;
    bool known = true;
    s->left = calloc(terms + 1, sizeof *s->left);
    s->right = calloc(terms + 1, sizeof *s->right);
    bool complete = s->left && s->right;
    for (int e = 0; e < s->count && complete && known; e++) {
        s->sum[e].prefix = calloc(terms + 1, sizeof *s->sum[e].prefix);
        s->sum[e].size = calloc(terms + 1, sizeof *s->sum[e].size);
        complete = s->sum[e].prefix && s->sum[e].size;
        known = complete && add_up(s, e);
    }
    if (complete && known && is_telling(s))
        *found = search(s, out);
    free(s->left);
    free(s->right);
    for (int e = 0; e < s->count; e++) {
        free(s->sum[e].prefix);
        free(s->sum[e].size);
    }
    return complete ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory to look at the terms");
}

enum vjp_status vjp_lost_find(const struct vjp_case *c, const struct vjp_data *data,
                              const struct vjp_reference *reference, int slot,
                              const struct vjp_model *model, const struct vjp_tensor *got,
                              bool *found, struct vjp_lost *out, struct vjp_error *error)
{
    struct vjp_error unused;
    struct search s = {.got = got,
                       .old = data->slot[slot].data ? &data->slot[slot] : NULL,
                       .u = ldexpl(1, -vjp_format(model->accumulate)->precision)};
    *found = false;
    if (vjp_reference_check_contracted(c, &unused) != VJP_OK)
        return VJP_OK;
    enum vjp_status status =
        vjp_contraction_init(&s.contraction, c, data, vjp_slot_input(c->spec, slot), error);
    if (status != VJP_OK)
        return status;
    if (s.contraction.terms >= 2 && s.contraction.terms <= VJP_LOST_TERMS)
        vjp_measure_outside(reference, slot, model, got, note, &s);
    if (s.count > 0)
        status = fill(&s, found, out, error);
    vjp_contraction_clear(&s.contraction);
    return status;
}
