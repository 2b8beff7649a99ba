/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/influence.h"

#include "oracle/tape/search.h"
#include "oracle/tape/tape_parts.h"

#include <math.h>
#include <stdlib.h>

struct vjp_influence {
    const struct vjp_tape *tape;
    const long double *value;
    const bool *within;

    /* Of the last sweep, by node: bit l for each lane l that reached it; and by node and lane, 0 where the
     * lane did not come. */
    uint8_t *lanes;
    long double (*derivative)[VJP_LANES];
    long double (*gross)[VJP_LANES]; /* the same with |terms| */
    int64_t steps;                   /* how many terms were added */
    struct vjp_search search;        /* what it reached */
};

struct vjp_influence *vjp_influence_create(const struct vjp_tape *tape, const long double *value,
                                           const bool *within)
{
    struct vjp_influence *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    const size_t n = (size_t)vjp_tape_count(tape) + 1;
    f->tape = tape;
    f->value = value;
    f->within = within;
    f->lanes = calloc(n, sizeof *f->lanes);
    f->derivative = calloc(n, sizeof *f->derivative);
    f->gross = calloc(n, sizeof *f->gross);
    if (!f->lanes || !f->derivative || !f->gross ||
        !vjp_search_init(&f->search, vjp_tape_count(tape))) {
        vjp_influence_destroy(f);
        return NULL;
    }
    return f;
}

void vjp_influence_destroy(struct vjp_influence *f)
{
    if (!f)
        return;
    free(f->lanes);
    free(f->derivative);
    free(f->gross);
    vjp_search_clear(&f->search);
    free(f);
}

/* One lane after another: for (unsigned rest = lanes; rest; rest = without_first(rest)) ... first(rest). */
static int first(unsigned lanes)
{
    return __builtin_ctz(lanes);
}

static unsigned without_first(unsigned lanes)
{
    return lanes & (lanes - 1);
}

static void forget(struct vjp_influence *f)
{
    for (int64_t i = 0; i < f->search.n; i++) {
        const int64_t v = f->search.order[i];
        for (unsigned rest = f->lanes[v]; rest; rest = without_first(rest))
            f->derivative[v][first(rest)] = f->gross[v][first(rest)] = 0;
        f->lanes[v] = 0;
    }
}

/* to += from * partial in these lanes, and the same with magnitudes. */
static void contribute(struct vjp_influence *f, unsigned lanes, int64_t from, int64_t partial,
                       int64_t to)
{
    const long double factor = partial == VJP_NO_NODE     ? 1
                               : partial == VJP_MINUS_ONE ? -1
                                                          : f->value[partial];
    for (unsigned rest = lanes; rest; rest = without_first(rest)) {
        const int l = first(rest);
        f->derivative[to][l] += f->derivative[from][l] * factor;
        f->gross[to][l] += f->gross[from][l] * fabsl(factor);
    }
}

void vjp_influence_sweep(struct vjp_influence *f, const int64_t *node, int n)
{
    forget(f);
    f->steps = 0;
    vjp_search_arguments(&f->search, f->tape, f->within, node, n);
    for (int l = 0; l < n; l++) {
        f->derivative[node[l]][l] = f->gross[node[l]][l] = 1;
        f->lanes[node[l]] |= (uint8_t)(1u << l);
    }
    for (int64_t i = 0; i < f->search.n; i++) {
        const int64_t v = f->search.order[i];
        const struct vjp_edge *edge;
        const int n_edges = vjp_tape_dependence(f->tape, v, &edge);
        for (int e = 0; e < n_edges; e++) {
            const int64_t argument = edge[e].argument;
            if (f->within && !f->within[argument])
                continue;
            f->lanes[argument] |= f->lanes[v];
            contribute(f, f->lanes[v], v, edge[e].partial, argument);
            f->steps++;
        }
    }
}

int64_t vjp_influence_reached(const struct vjp_influence *f, const int64_t **nodes)
{
    *nodes = f->search.order;
    return f->search.n;
}

unsigned vjp_influence_lanes(const struct vjp_influence *f, int64_t v)
{
    return f->lanes[v];
}

long double vjp_influence_of(const struct vjp_influence *f, int lane, int64_t v)
{
    return fabsl(f->derivative[v][lane]);
}

/* A product and an addition are rounded for every term on a way, each by 2^-64 of what is then there, at most that
 * of the gross sum. */
long double vjp_influence_error(const struct vjp_influence *f, int lane, int64_t v)
{
    return f->gross[v][lane] * ldexpl((long double)f->steps, -63);
}
