/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/adjoint.h"

#include <stdlib.h>

/* Terms of the derivatives by nodes, as lists: term[head[v]], term[next[head[v]]], ... */
struct terms {
    int64_t *head; /* by node; -1: none */
    int64_t *next;
    int64_t *term;
    int64_t count;
};

static bool init_terms(struct terms *t, int64_t nodes, int64_t capacity)
{
    t->head = malloc(((size_t)nodes + 1) * sizeof *t->head);
    t->next = malloc(((size_t)capacity + 1) * sizeof *t->next);
    t->term = malloc(((size_t)capacity + 1) * sizeof *t->term);
    for (int64_t v = 0; t->head && v < nodes; v++)
        t->head[v] = -1;
    return t->head && t->next && t->term;
}

static void clear_terms(struct terms *t)
{
    free(t->head);
    free(t->next);
    free(t->term);
}

static void add_term(struct terms *t, int64_t v, int64_t term)
{
    t->term[t->count] = term;
    t->next[t->count] = t->head[v];
    t->head[v] = t->count++;
}

static void extend_active(const struct vjp_tape *tape, int64_t nodes, bool *active,
                          int64_t *n_edges)
{
    *n_edges = 0;
    for (int64_t v = 0; v < nodes; v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_edges(tape, v, &edge);
        for (int e = 0; e < n; e++)
            active[v] |= active[edge[e].argument];
        *n_edges += n;
    }
}

/* Hands the derivative by v on to v's arguments. Recording moves the edges in memory: each is copied
 * before. */
static void hand_on(struct vjp_tape *tape, int64_t v, int64_t adjoint, const bool *active,
                    struct terms *terms)
{
    const struct vjp_edge *edges;
    const int n = vjp_tape_edges(tape, v, &edges);
    for (int e = 0; e < n; e++) {
        vjp_tape_edges(tape, v, &edges);
        const struct vjp_edge edge = edges[e];
        if (!active[edge.argument])
            continue;
        const int64_t term = edge.partial == VJP_NO_NODE ? adjoint
                             : edge.partial == VJP_MINUS_ONE
                                 ? vjp_tape_neg(tape, adjoint)
                                 : vjp_tape_mul(tape, adjoint, edge.partial);
        add_term(terms, edge.argument, term);
    }
}

enum vjp_status vjp_adjoint_record(struct vjp_tape *tape, const struct vjp_seed *seeds,
                                   int64_t n_seeds, bool *active, int64_t *adjoint,
                                   struct vjp_error *error)
{
    const int64_t nodes = vjp_tape_count(tape);
    struct terms terms = {0};
    int64_t n_edges;
    extend_active(tape, nodes, active, &n_edges);
    enum vjp_status status = VJP_OK;
    if (!init_terms(&terms, nodes, n_edges + n_seeds)) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory to record the backward pass");
        goto cleanup;
    }
    for (int64_t i = 0; i < n_seeds; i++) {
        if (active[seeds[i].node])
            add_term(&terms, seeds[i].node, seeds[i].term);
    }
    for (int64_t v = nodes - 1; v >= 0; v--) {
        adjoint[v] = VJP_NO_NODE;
        if (terms.head[v] < 0)
            continue;
        const int64_t open = vjp_tape_open(tape);
        for (int64_t t = terms.head[v]; t >= 0; t = terms.next[t])
            vjp_tape_push(tape, terms.term[t]);
        adjoint[v] = vjp_tape_close_sum(tape, open);
        if (adjoint[v] != VJP_NO_NODE)
            hand_on(tape, v, adjoint[v], active, &terms);
    }
    status = vjp_tape_status(tape, error);
cleanup:
    clear_terms(&terms);
    return status;
}
