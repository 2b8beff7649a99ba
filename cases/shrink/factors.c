/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/factors.h"

#include "cases/spec/stages.h"

#include <stdlib.h>
#include <string.h>

/* Divisors up to COUNT_MAX are looked for: no number up to there has more than 128. With so many tuples
 * those of 60 elements and fewer, with 12 divisors, are complete in a stage of five dimensions. */
#define COUNT_MAX    65536
#define DIVISORS_MAX 128
#define TUPLES_MAX   20736

/* The stage that does not fit, and the product that it needs. */
struct product {
    struct vjp_case trial;
    int stage;
    int field[VJP_RANK_MAX], n_fields;
    int64_t count;
    int64_t divisor[DIVISORS_MAX];
    int n_divisors;
};

static void find_divisors(struct product *p)
{
    p->n_divisors = 0;
    for (int64_t d = 1; d <= p->count && d <= COUNT_MAX && p->n_divisors < DIVISORS_MAX; d++) {
        if (p->count % d == 0)
            p->divisor[p->n_divisors++] = d;
    }
}

/* Tuple number i as dimensions: divisors for all fields but the last, which is what remains. False where
 * the number is no product of them. */
static bool write_tuple(struct product *p, int64_t i)
{
    int64_t rest = p->count;
    for (int f = 0; f + 1 < p->n_fields; f++) {
        const int64_t divisor = p->divisor[i % p->n_divisors];
        i /= p->n_divisors;
        if (rest % divisor != 0)
            return false;
        p->trial.dim[p->field[f]] = divisor;
        rest /= divisor;
    }
    p->trial.dim[p->field[p->n_fields - 1]] = rest;
    return true;
}

static int64_t distance(const struct product *p, const int64_t dim[VJP_MAX_DIMS], bool nearest)
{
    int64_t total = 0;
    for (int f = 0; f < p->n_fields; f++) {
        const int d = p->field[f];
        total += nearest ? llabs(p->trial.dim[d] - dim[d]) : p->trial.dim[d];
    }
    return total;
}

/* The best tuple that lets more stages fit goes to dim[]. */
static bool choose(struct product *p, bool nearest, int64_t dim[VJP_MAX_DIMS])
{
    const char *field;
    int64_t least = INT64_MAX, tuples = 1, chosen[VJP_MAX_DIMS];
    for (int f = 0; f + 1 < p->n_fields && tuples < TUPLES_MAX; f++)
        tuples *= p->n_divisors;
    for (int64_t i = 0; i < tuples && i < TUPLES_MAX; i++) {
        int fitting = 0;
        if (!write_tuple(p, i) || distance(p, dim, nearest) >= least)
            continue;
        (void)!vjp_stages_check_each(&p->trial, &fitting, &field, NULL);
        if (fitting > p->stage) {
            least = distance(p, dim, nearest);
            memcpy(chosen, p->trial.dim, sizeof chosen);
        }
    }
    if (least < INT64_MAX)
        memcpy(dim, chosen, sizeof chosen);
    return least < INT64_MAX;
}

bool vjp_factors_fit(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS], bool nearest)
{
    const struct vjp_pipeline *pipeline = vjp_pipeline_of(c->spec);
    int64_t wanted[VJP_MAX_DIMS];
    const char *field;
    struct product p = {.trial = *c};
    if (!pipeline)
        return false;
    memcpy(wanted, dim, sizeof wanted);
    for (int before = -1;; before = p.stage) {
        memcpy(p.trial.dim, wanted, sizeof wanted);
        if (vjp_stages_check_each(&p.trial, &p.stage, &field, NULL) == VJP_OK)
            break;
        p.n_fields = vjp_stages_counted(&p.trial, p.stage, p.field, &p.count);
        if (p.stage <= before || p.n_fields == 0 || p.count < 1)
            return false;
        find_divisors(&p);
        if (!choose(&p, nearest, wanted))
            return false;
    }
    memcpy(dim, wanted, sizeof wanted);
    return true;
}
