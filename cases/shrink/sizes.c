/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/sizes.h"

#include "cases/shrink/factors.h"
#include "cases/shrink/simpler.h"

#include <string.h>

/* Every number up to here is tried: a few more than two vectors of 16 floats, so that tails, widths and
 * their neighbours are among them. */
#define EACH_MAX 40

/* So many values of a dimension are tried to make sizes fit, at either end: no run is spent on them. */
#define TIED_MAX INT64_C(64)

/* So much a dimension is raised to make sizes fit: what padding of 4 at both ends does for an image, which
 * covers filters up to 9. */
#define RAISED_MAX 8

static uint32_t bit(int d)
{
    return UINT32_C(1) << d;
}

static bool fits(const struct vjp_case *c, const int64_t dim[VJP_MAX_DIMS], const char **field)
{
    struct vjp_case trial = *c; /* shares the texts, which no check of sizes reads */
    memcpy(trial.dim, dim, sizeof trial.dim);
    for (int d = 0; d < c->spec->n_dims; d++) {
        if (!vjp_case_has_dim(&trial, d))
            trial.dim[d] = 1;
    }
    return !c->spec->check || c->spec->check(&trial, field, NULL) == VJP_OK;
}

/* Value i of those to try below size, or -1 behind the last: the nearest first, or the smallest. */
static int64_t tied_value(int64_t size, int64_t i, bool nearest)
{
    if (i >= size || i >= 2 * TIED_MAX)
        return -1;
    const bool whole = size <= 2 * TIED_MAX;
    const bool from_above = whole ? nearest : nearest == (i < TIED_MAX);
    const int64_t step = whole || i < TIED_MAX ? i : i - TIED_MAX;
    return from_above ? size - 1 - step : step;
}

/* One dimension that is lowered makes it fit. */
static bool fit_one(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS], uint32_t kept,
                    bool nearest)
{
    const char *field;
    for (int d = 0; d < c->spec->n_dims; d++) {
        const int64_t size = dim[d];
        if (kept & bit(d) || !vjp_case_has_dim(c, d))
            continue;
        for (int64_t i = 0; (dim[d] = tied_value(size, i, nearest)) >= 0; i++) {
            if (fits(c, dim, &field))
                return true;
        }
        dim[d] = size;
    }
    return false;
}

/* The dimension that the check blames is lowered until it blames another field: then one of several
 * that have to follow has done so. */
static bool fit_blamed(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS], uint32_t *kept,
                       bool nearest)
{
    const char *blamed = "", *field = "";
    if (fits(c, dim, &blamed))
        return true;
    const int d = vjp_dim_find(c->spec, blamed);
    if (d < 0 || *kept & bit(d))
        return false;
    const int64_t size = dim[d];
    *kept |= bit(d);
    for (int64_t i = 0; (dim[d] = tied_value(size, i, nearest)) >= 0; i++) {
        if (fits(c, dim, &field) || strcmp(field, blamed) != 0)
            return true;
    }
    dim[d] = size;
    return false;
}

bool vjp_sizes_fit(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS], uint32_t kept, bool nearest)
{
    const char *field = "";
    for (int round = 0; round <= c->spec->n_dims && !fits(c, dim, &field); round++) {
        if (fit_one(c, dim, kept, nearest))
            return true;
        if (!fit_blamed(c, dim, &kept, nearest))
            return vjp_factors_fit(c, dim, nearest);
    }
    return fits(c, dim, &field);
}

/* Raises dimension d, from its size plus first on, until it fits. */
static bool raise_one(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS], int d, int64_t first)
{
    const char *field;
    const int64_t size = dim[d];
    for (int64_t more = first; more <= RAISED_MAX && vjp_case_has_dim(c, d); more++) {
        dim[d] = size + more;
        if (fits(c, dim, &field))
            return true;
    }
    dim[d] = size;
    return false;
}

bool vjp_sizes_raise(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS])
{
    const int n = c->spec->n_dims;
    for (int d = 0; d < n; d++) {
        if (raise_one(c, dim, d, 0))
            return true;
    }
    for (int i = 0; i < n * RAISED_MAX; i++) {
        const int d = i / RAISED_MAX;
        const int64_t size = dim[d];
        dim[d] += i % RAISED_MAX + 1;
        for (int e = d + 1; e < n && vjp_case_has_dim(c, d); e++) {
            if (raise_one(c, dim, e, 1))
                return true;
        }
        dim[d] = size;
    }
    return false;
}

static int64_t sum(const struct vjp_case *c, const int64_t dim[VJP_MAX_DIMS])
{
    int64_t total = 0;
    for (int d = 0; d < c->spec->n_dims; d++)
        total += vjp_case_has_dim(c, d) ? dim[d] : 0;
    return total;
}

static bool ask_dims(struct vjp_ask *ask, struct vjp_case *best, const int64_t dim[VJP_MAX_DIMS],
                     const struct vjp_cut *cut)
{
    struct vjp_case candidate = {0};
    struct vjp_error error;
    if (sum(best, dim) >= sum(best, best->dim) || !vjp_ask_copy(ask, &candidate, best))
        return false;
    const enum vjp_status status = vjp_resize(&candidate, best, dim, cut, &error);
    if (status == VJP_OK)
        return vjp_ask_take(ask, best, &candidate);
    if (status == VJP_ERR_MEMORY)
        vjp_ask_end(ask, status, &error);
    vjp_case_clear(&candidate);
    return false;
}

/* Asks for dim[], where the dimensions in kept are as wanted, and others may be lowered to fit. */
static bool try_dims(struct vjp_ask *ask, struct vjp_case *best, const int64_t dim[VJP_MAX_DIMS],
                     uint32_t kept, const struct vjp_cut *cut)
{
    const char *field;
    int64_t near[VJP_MAX_DIMS], far[VJP_MAX_DIMS];
    if (fits(best, dim, &field))
        return ask_dims(ask, best, dim, cut);
    memcpy(near, dim, sizeof near);
    memcpy(far, dim, sizeof far);
    if (vjp_sizes_fit(best, near, kept, true) && ask_dims(ask, best, near, cut))
        return true;
    return vjp_sizes_fit(best, far, kept, false) && ask_dims(ask, best, far, cut);
}

/* What is tried, in this order; the last two groups only where it is to be thorough. A part of the
 * smallest, and a power of two, is taken off each dimension, so that differences stay. */
enum {
    TO_ZERO,
    TO_ONE,
    TO_HALF,
    LESS_PART, /* a half, a quarter, ... of 2^32 */
    CHEAP_END = LESS_PART + 32,
    LESS_POWER = CHEAP_END,      /* 2^32, ..., 1 */
    TO_NUMBER = LESS_POWER + 33, /* 2, 3, ... */
    THOROUGH_END = TO_NUMBER + EACH_MAX - 1,
};

static int64_t smaller(int64_t size, int64_t least, int step)
{
    if (step == TO_HALF)
        return size / 2;
    if (step >= LESS_PART && step < LESS_POWER)
        return size - (least >> (step - LESS_PART + 1));
    if (step >= LESS_POWER && step < TO_NUMBER)
        return size - (VJP_DIM_MAX >> (step - LESS_POWER));
    const int64_t to = step <= TO_ONE ? step : step - TO_NUMBER + 2;
    return to < size ? to : size;
}

/* One step of all dimensions in the set. */
static bool try_step(struct vjp_ask *ask, struct vjp_case *best, uint32_t set, int step)
{
    int64_t dim[VJP_MAX_DIMS], least = VJP_DIM_MAX;
    struct vjp_cut cut = {.dim = -1};
    bool possible = true;
    memcpy(dim, best->dim, sizeof dim);
    for (int d = 0; d < best->spec->n_dims; d++) {
        if (set & bit(d) && dim[d] < least)
            least = dim[d];
    }
    for (int d = 0; d < best->spec->n_dims; d++) {
        if (!(set & bit(d)))
            continue;
        dim[d] = smaller(best->dim[d], least, step);
        possible &= dim[d] >= 0;
        cut = (struct vjp_cut){.dim = d, .at = dim[d], .count = best->dim[d] - dim[d]};
    }
    return possible && cut.count > 0 && try_dims(ask, best, dim, set, &cut);
}

/* The steps, from the first again after each that was taken. */
static bool shrink_set(struct vjp_ask *ask, struct vjp_case *best, uint32_t set, bool thorough)
{
    bool changed = false;
    const int end = thorough ? THOROUGH_END : CHEAP_END;
    for (int step = 0; step < end && !ask->ended; step++) {
        if (try_step(ask, best, set, step)) {
            changed = true;
            step = -1;
        }
    }
    return changed;
}

static uint32_t equal_to(const struct vjp_case *c, int first)
{
    uint32_t set = 0;
    for (int d = 0; d < c->spec->n_dims; d++)
        set |= vjp_case_has_dim(c, d) && c->dim[d] == c->dim[first] ? bit(d) : 0;
    return set;
}

bool vjp_sizes_shrink(struct vjp_ask *ask, struct vjp_case *best, bool thorough)
{
    const int n = best->spec->n_dims;
    bool changed = false;
    uint32_t all = 0;
    for (int d = 0; d < n; d++)
        all |= vjp_case_has_dim(best, d) ? bit(d) : 0;
    changed |= shrink_set(ask, best, all, false);
    for (int d = 0; d < n; d++) {
        if (all & bit(d))
            changed |= shrink_set(ask, best, bit(d), thorough);
    }
    for (int d = 0; d < n; d++) {
        const uint32_t set = all & bit(d) ? equal_to(best, d) : 0;
        if (set != all && set != bit(d))
            changed |= shrink_set(ask, best, set, false);
    }
    for (int d = 0; d < n && thorough; d++) {
        for (int e = d + 1; e < n; e++) {
            if (all & bit(d) && all & bit(e))
                changed |= shrink_set(ask, best, bit(d) | bit(e), false);
        }
    }
    return changed;
}

static bool reseed(struct vjp_ask *ask, struct vjp_case *best, uint64_t seed)
{
    bool changed = false;
    struct vjp_case other = {0};
    if (!vjp_ask_copy(ask, &other, best))
        return false;
    other.seed = seed;
    for (int d = 0; d < best->spec->n_dims; d++) {
        if (vjp_case_has_dim(best, d))
            changed |= shrink_set(ask, &other, bit(d), false);
    }
    if (changed) {
        vjp_case_clear(best);
        *best = other;
    } else {
        vjp_case_clear(&other);
    }
    return changed;
}

bool vjp_sizes_reseed(struct vjp_ask *ask, struct vjp_case *best)
{
    bool changed = false;
    for (uint64_t seed = 0; seed <= VJP_SEED_MAX && vjp_simpler_is_drawn(best); seed++)
        changed |= reseed(ask, best, seed);
    return changed;
}

static bool cut_dim(struct vjp_ask *ask, struct vjp_case *best, int d)
{
    bool changed = false;
    for (int64_t count = best->dim[d] / 2; count > 0; count /= 2) {
        for (int64_t at = best->dim[d] - count; at >= 0 && !ask->ended; at -= count) {
            const struct vjp_cut cut = {.dim = d, .at = at, .count = count};
            int64_t dim[VJP_MAX_DIMS];
            memcpy(dim, best->dim, sizeof dim);
            dim[d] -= count;
            changed |= try_dims(ask, best, dim, bit(d), &cut);
        }
    }
    return changed;
}

bool vjp_sizes_cut(struct vjp_ask *ask, struct vjp_case *best)
{
    bool changed = false;
    for (int d = 0; d < best->spec->n_dims; d++) {
        if (vjp_case_has_dim(best, d))
            changed |= cut_dim(ask, best, d);
    }
    return changed;
}
