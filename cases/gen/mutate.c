/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/mutate.h"

#include "cases/gen/random.h"
#include "cases/gen/suite_values.h"

#define ATTEMPTS   20
#define WORK_SPARE 1000

/* One dimension a little larger or smaller, twice or half as large, or like another one. */
static void change_size(gsl_rng *rng, int64_t dim_max, struct vjp_case *c)
{
    const int n = c->spec->n_dims;
    if (n == 0)
        return;
    const int d = (int)vjp_random_below(rng, (uint64_t)n);
    const int other = (int)vjp_random_below(rng, (uint64_t)n);
    const int64_t most = c->dim[d] > dim_max ? c->dim[d] : dim_max;
    const int64_t sizes[] = {c->dim[d] + 1, c->dim[d] - 1, 2 * c->dim[d], c->dim[d] / 2,
                             c->dim[other]};
    const int64_t size = sizes[vjp_random_below(rng, sizeof sizes / sizeof *sizes)];
    c->dim[d] = size < 0 ? 0 : size < most ? size : most;
}

/* One slot's values as they would be in another case of the suite. */
static enum vjp_status change_values(gsl_rng *rng, struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_case other = {0};
    int slot;
    do {
        slot = (int)vjp_random_below(rng, (uint64_t)vjp_slot_count(c->spec));
    } while (!vjp_case_has_values(c, slot)); /* the cotangent always has */
    enum vjp_status status = vjp_case_copy(&other, c, error);
    if (status == VJP_OK)
        status = vjp_suite_draw_values(rng, false, &other, error);
    if (status == VJP_OK)
        status = vjp_case_set_values(c, slot, other.slot[slot].text, error);
    vjp_case_clear(&other);
    return status;
}

static enum vjp_status change(gsl_rng *rng, int64_t dim_max, struct vjp_case *c,
                              struct vjp_error *error)
{
    const uint64_t roll = vjp_random_below(rng, 4);
    enum vjp_status status = VJP_OK;
    c->seed = gsl_rng_get(rng);
    if (roll == 0)
        change_size(rng, dim_max, c);
    if (roll == 1)
        status = change_values(rng, c, error);
    return status == VJP_OK ? vjp_case_settle(c, error) : status;
}

enum vjp_status vjp_mutate_case(gsl_rng *rng, const struct vjp_case *from, int64_t dim_max,
                                struct vjp_case *out, struct vjp_error *error)
{
    const double work_max = 2 * vjp_case_work(from) + WORK_SPARE;
    struct vjp_case c = {0};
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        enum vjp_status status = vjp_case_copy(&c, from, error);
        if (status == VJP_OK)
            status = change(rng, dim_max, &c, error);
        if (status == VJP_OK)
            status = vjp_case_validate(&c, error);
        if (status == VJP_OK && vjp_case_work(&c) <= work_max) {
            *out = c;
            return VJP_OK;
        }
        vjp_case_clear(&c);
        if (status == VJP_ERR_MEMORY)
            return status;
    }
    const enum vjp_status status = vjp_case_copy(&c, from, error);
    if (status == VJP_OK) {
        c.seed = gsl_rng_get(rng);
        *out = c;
    }
    return status;
}
