/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/facts.h"

#include "oracle/exact/odd.h"

#include <math.h>
#include <stdlib.h>

/* Elements that are gone through at a time; a vector's last ones are followed by zeros. */
#define STEP 32

/* A double's lowest is in -1074 .. 1023: a sum of two is below that, and one with VJP_FACTS_ZERO in it
 * above; two of these are an int16_t. */
#define SUM_LIMIT 4000

/* How many elements of a vector have which lowest. Zeros between uses. */
#define LOWEST_MIN (-1074)
#define LOWEST_MAX 1023

struct histogram {
    int64_t count[LOWEST_MAX - LOWEST_MIN + 1];
};

int vjp_facts_lowest(double x)
{
    int exponent;
    const int64_t m = vjp_odd_take_apart(x, &exponent);
    return exponent + __builtin_ctzll((unsigned long long)m);
}

static void set_parts(const struct histogram *h, int64_t terms, int low, int high, int16_t *part)
{
    int64_t count = 0;
    int j = 0;
    for (int l = low; l <= high; l++) {
        count += h->count[l - LOWEST_MIN];
        while (j < VJP_FACTS_PARTS && count > j * terms / VJP_FACTS_PARTS)
            part[j++] = (int16_t)l;
    }
    while (j < VJP_FACTS_PARTS)
        part[j++] = VJP_FACTS_ZERO;
    part[VJP_FACTS_PARTS] = (int16_t)(count == terms && terms > 0 ? high : VJP_FACTS_ZERO);
}

static void set_vector(struct vjp_facts_side *side, int64_t v, const double *x, int64_t terms,
                       struct histogram *h)
{
    int16_t *lowest = side->lowest + v * side->stride;
    int low = LOWEST_MAX + 1, high = LOWEST_MIN;
    int64_t nonzeros = 0;
    for (int64_t k = 0; k < side->stride; k++) {
        lowest[k] = VJP_FACTS_ZERO;
        if (k >= terms || x[k] == 0 || !isfinite(x[k]))
            continue;
        const int l = vjp_facts_lowest(x[k]);
        lowest[k] = (int16_t)l;
        h->count[l - LOWEST_MIN]++;
        low = l < low ? l : low;
        high = l > high ? l : high;
        nonzeros++;
    }
    side->nonzeros[v] = nonzeros;
    set_parts(h, terms, low, high, side->part[v]);
    for (int l = low; l <= high; l++)
        h->count[l - LOWEST_MIN] = 0;
}

static bool init_side(struct vjp_facts_side *side, int64_t vectors, int64_t terms)
{
    side->vectors = vectors;
    side->stride = (terms + STEP - 1) / STEP * STEP;
    const size_t n = (size_t)vectors + 1;
    side->nonzeros = calloc(n, sizeof *side->nonzeros);
    side->part = calloc(n, sizeof *side->part);
    side->lowest = calloc(n * (size_t)side->stride + 1, sizeof *side->lowest);
    return side->nonzeros && side->part && side->lowest;
}

static void clear_side(struct vjp_facts_side *side)
{
    free(side->nonzeros);
    free(side->part);
    free(side->lowest);
}

enum vjp_status vjp_facts_init(struct vjp_facts *out, const struct vjp_contraction *r,
                               struct vjp_error *error)
{
    struct vjp_facts facts = {.terms = r->terms};
    struct histogram *histogram = calloc(1, sizeof *histogram);
    double *x = malloc(((size_t)r->terms + 1) * sizeof *x);
    const bool complete = init_side(&facts.left, r->batches * r->rows, r->terms) &&
                          init_side(&facts.right, r->batches * r->cols, r->terms) && histogram && x;
    for (int64_t v = 0; complete && v < facts.left.vectors; v++) {
        vjp_contraction_left(r, v / r->rows, v % r->rows, x);
        set_vector(&facts.left, v, x, r->terms, histogram);
    }
    for (int64_t v = 0; complete && v < facts.right.vectors; v++) {
        vjp_contraction_right(r, v / r->cols, v % r->cols, x);
        set_vector(&facts.right, v, x, r->terms, histogram);
    }
    free(histogram);
    free(x);
    if (!complete) {
        vjp_facts_clear(&facts);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for what is known of a contraction");
    }
    *out = facts;
    return VJP_OK;
}

void vjp_facts_clear(struct vjp_facts *facts)
{
    clear_side(&facts->left);
    clear_side(&facts->right);
    *facts = (struct vjp_facts){0};
}

static int64_t left_of(const struct vjp_contraction *r, const struct vjp_contraction_place *place)
{
    return place->batch * r->rows + place->row;
}

static int64_t right_of(const struct vjp_contraction *r, const struct vjp_contraction_place *place)
{
    return place->batch * r->cols + place->col;
}

int64_t vjp_facts_nonzeros(const struct vjp_facts *facts, const struct vjp_contraction *r,
                           const struct vjp_contraction_place *place)
{
    const struct vjp_facts_side *left = &facts->left, *right = &facts->right;
    const int64_t i = left_of(r, place), j = right_of(r, place);
    if (left->nonzeros[i] == facts->terms)
        return right->nonzeros[j];
    if (right->nonzeros[j] == facts->terms)
        return left->nonzeros[i];
    const int16_t *a = left->lowest + i * left->stride, *b = right->lowest + j * right->stride;
    int64_t count = 0;
    for (int64_t k = 0; k < left->stride; k += STEP) {
        int step = 0;
        for (int n = 0; n < STEP; n++)
            step += a[k + n] + b[k + n] < SUM_LIMIT;
        count += step;
    }
    return count;
}

struct vjp_facts_terms vjp_facts_bound(const struct vjp_facts *facts,
                                       const struct vjp_contraction *r,
                                       const struct vjp_contraction_place *place)
{
    const int16_t *a = facts->left.part[left_of(r, place)];
    const int16_t *b = facts->right.part[right_of(r, place)];
    if (a[0] == VJP_FACTS_ZERO || b[0] == VJP_FACTS_ZERO)
        return (struct vjp_facts_terms){INT64_MAX, INT64_MAX};
    /* More than j parts of the elements of one vector and more than, or for all of them just, the other
     * parts of the other's: in some place they meet. */
    int most = a[0] + b[VJP_FACTS_PARTS];
    for (int j = 1; j <= VJP_FACTS_PARTS; j++)
        most = a[j] + b[VJP_FACTS_PARTS - j] < most ? a[j] + b[VJP_FACTS_PARTS - j] : most;
    return (struct vjp_facts_terms){a[0] + b[0], most < SUM_LIMIT ? most : INT64_MAX};
}

struct vjp_facts_terms vjp_facts_find(const struct vjp_facts *facts,
                                      const struct vjp_contraction *r,
                                      const struct vjp_contraction_place *place)
{
    const int64_t stride = facts->left.stride;
    const int16_t *a = facts->left.lowest + left_of(r, place) * stride;
    const int16_t *b = facts->right.lowest + right_of(r, place) * stride;
    int16_t least[STEP];
    for (int n = 0; n < STEP; n++)
        least[n] = 2 * VJP_FACTS_ZERO;
    for (int64_t k = 0; k < stride; k += STEP) {
        for (int n = 0; n < STEP; n++) {
            const int16_t sum = (int16_t)(a[k + n] + b[k + n]);
            if (sum < least[n])
                least[n] = sum;
        }
    }
    int64_t lowest = INT64_C(2) * VJP_FACTS_ZERO;
    for (int n = 0; n < STEP; n++)
        lowest = least[n] < lowest ? least[n] : lowest;
    if (lowest >= SUM_LIMIT)
        lowest = INT64_MAX;
    return (struct vjp_facts_terms){lowest, lowest};
}
