/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/sweep.h"

#include "oracle/tape/search.h"
#include "oracle/tape/tape_parts.h"

#include <stdlib.h>

struct vjp_sweep {
    const struct vjp_tape *tape;
    int64_t count; /* nodes of the tape */

    /* By node. A derivative points to the number 1, to a node's value or into pool. */
    const struct vjp_real **derivative;
    struct vjp_real **own; /* the derivative, where it is in pool and may be added to */

    struct vjp_search search; /* what the last sweep reached */

    /* Who uses a node: user[user_start[v] .. user_start[v + 1]). */
    int64_t *user_start;
    int64_t *user;

    struct vjp_real one, minus_one;
    bool merges;            /* in the last sweep a node got more than one contribution */
    struct vjp_real **pool; /* numbers handed out, kept from sweep to sweep */
    int64_t n_pool, pool_used, pool_capacity;
    struct vjp_limbs limbs; /* of one and the pool */
};

/* The users of every node, by counting sort. */
static bool find_users(struct vjp_sweep *s)
{
    const struct vjp_edge *edge;
    int64_t total = 0;
    for (int64_t v = 0; v < s->count; v++)
        total += vjp_tape_dependence(s->tape, v, &edge);
    s->user_start = calloc((size_t)s->count + 2, sizeof *s->user_start);
    s->user = calloc((size_t)total + 1, sizeof *s->user);
    if (!s->user_start || !s->user)
        return false;
    for (int64_t v = 0; v < s->count; v++) {
        const int n = vjp_tape_dependence(s->tape, v, &edge);
        for (int e = 0; e < n; e++)
            s->user_start[edge[e].argument + 2]++;
    }
    for (int64_t v = 0; v < s->count; v++)
        s->user_start[v + 2] += s->user_start[v + 1];
    for (int64_t v = 0; v < s->count; v++) {
        const int n = vjp_tape_dependence(s->tape, v, &edge);
        for (int e = 0; e < n; e++)
            s->user[s->user_start[edge[e].argument + 1]++] = v;
    }
    return true;
}

struct vjp_sweep *vjp_sweep_create(const struct vjp_tape *tape)
{
    struct vjp_sweep *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->tape = tape;
    s->count = vjp_tape_count(tape);
    const size_t n = (size_t)s->count + 1;
    s->derivative = calloc(n, sizeof *s->derivative);
    s->own = calloc(n, sizeof *s->own);
    if (!s->derivative || !s->own || !vjp_search_init(&s->search, s->count) ||
        !vjp_real_init_in(&s->one, vjp_tape_precision(tape), &s->limbs) ||
        !vjp_real_init_in(&s->minus_one, vjp_tape_precision(tape), &s->limbs)) {
        vjp_sweep_destroy(s);
        return NULL;
    }
    vjp_real_set_si(&s->one, 1);
    vjp_real_set_si(&s->minus_one, -1);
    return s;
}

void vjp_sweep_destroy(struct vjp_sweep *s)
{
    if (!s)
        return;
    for (int64_t i = 0; i < s->n_pool; i++)
        free(s->pool[i]);
    vjp_limbs_clear(&s->limbs);
    free(s->pool);
    free(s->user);
    free(s->user_start);
    vjp_search_clear(&s->search);
    free(s->own);
    free(s->derivative);
    free(s);
}

/* A number from the pool, or NULL when memory ends. */
static struct vjp_real *take(struct vjp_sweep *s)
{
    if (s->pool_used < s->n_pool)
        return s->pool[s->pool_used++];
    if (s->n_pool == s->pool_capacity) {
        const int64_t capacity = 2 * s->pool_capacity + 64;
        struct vjp_real **pool = realloc(s->pool, (size_t)capacity * sizeof(struct vjp_real *));
        if (!pool)
            return NULL;
        s->pool = pool;
        s->pool_capacity = capacity;
    }
    struct vjp_real *fresh = malloc(sizeof *fresh);
    if (!fresh)
        return NULL;
    if (!vjp_real_init_in(fresh, vjp_tape_precision(s->tape), &s->limbs)) {
        free(fresh);
        return NULL;
    }
    s->pool[s->n_pool++] = fresh;
    s->pool_used = s->n_pool;
    return fresh;
}

/* Forgets the last sweep. */
static void forget(struct vjp_sweep *s)
{
    for (int64_t i = 0; i < s->search.n; i++)
        s->derivative[s->search.order[i]] = NULL;
    s->pool_used = 0;
    s->merges = false;
}

/* derivative[to] += derivative[from] * partial, by the fewest operations: a factor 1 is no
 * multiplication, a first term no addition. False when memory ends. */
static bool contribute(struct vjp_sweep *s, int64_t from, int64_t to, int64_t partial)
{
    const struct vjp_real *term = s->derivative[from];
    const struct vjp_real *factor = partial == VJP_MINUS_ONE ? &s->minus_one
                                    : partial == VJP_NO_NODE ? NULL
                                                             : vjp_tape_value(s->tape, partial);
    struct vjp_real *own = NULL;
    if (factor && term == &s->one) {
        term = factor;
    } else if (factor) {
        own = take(s);
        if (!own)
            return false;
        vjp_real_mul(own, term, factor);
        term = own;
    }
    if (!s->derivative[to]) {
        s->derivative[to] = term;
        s->own[to] = own;
        return true;
    }
    s->merges = true;
    struct vjp_real *sum = s->own[to] ? s->own[to] : own ? own : take(s);
    if (!sum)
        return false;
    vjp_real_add(sum, s->derivative[to], term);
    s->derivative[to] = sum;
    s->own[to] = sum;
    return true;
}

enum vjp_status vjp_sweep_reverse(struct vjp_sweep *s, int64_t node, struct vjp_error *error)
{
    forget(s);
    vjp_search_arguments(&s->search, s->tape, NULL, &node, 1);
    s->derivative[node] = &s->one;
    for (int64_t i = 0; i < s->search.n; i++) {
        const int64_t v = s->search.order[i];
        const struct vjp_edge *edge;
        const int n = vjp_tape_dependence(s->tape, v, &edge);
        for (int e = 0; e < n; e++) {
            if (!contribute(s, v, edge[e].argument, edge[e].partial))
                return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reverse sweep");
        }
    }
    return VJP_OK;
}

enum vjp_status vjp_sweep_forward(struct vjp_sweep *s, int64_t leaf, struct vjp_error *error)
{
    if (!s->user && !find_users(s))
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a forward sweep");
    forget(s);
    vjp_search_users(&s->search, s->user_start, s->user, leaf);
    s->derivative[leaf] = &s->one;
    for (int64_t i = 0; i < s->search.n; i++) {
        const int64_t v = s->search.order[i];
        const struct vjp_edge *edge;
        const int n = vjp_tape_dependence(s->tape, v, &edge);
        for (int e = 0; e < n; e++) {
            if (s->derivative[edge[e].argument] &&
                !contribute(s, edge[e].argument, v, edge[e].partial))
                return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a forward sweep");
        }
    }
    return VJP_OK;
}

int64_t vjp_sweep_reached(const struct vjp_sweep *s, const int64_t **nodes)
{
    *nodes = s->search.order;
    return s->search.n;
}

bool vjp_sweep_merges(const struct vjp_sweep *s)
{
    return s->merges;
}

const struct vjp_real *vjp_sweep_derivative(const struct vjp_sweep *s, int64_t node)
{
    return s->derivative[node];
}
