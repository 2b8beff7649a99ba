/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/program.h"

#include "oracle/jacobian/terms.h"
#include "oracle/jacobian/ways.h"
#include "oracle/tape/adjoint.h"
#include "oracle/tape/landscape.h"
#include "oracle/tape/probable.h"
#include "oracle/tape/rational.h"

#include <math.h>
#include <stdlib.h>

/* The derivation of the error bound.
 *
 * A backward pass is taken to compute what the recorded program P computes, each operation rounded
 * once, sums in any order, saved values given where a kernel asks for them. The running error of P
 * (oracle/tape/running.h, and for the kernels that compute it in another way ways.c) bounds how far a
 * gradient element g may then be from its exact value. To first order that is
 *
 *     |g^ - g| <= sum over v of |dg/dv| e_v
 *
 * over the nodes v of P with the errors e_v that they make themselves, but that sum is not the bound. It leaves
 * out products of errors, all that is left where factors are zero: a row of equal numbers has z = 0 in a
 * layernorm, and with a mean of 1000 and eps = 1e-5 correct kernels are off by 1000 times that sum. And dg/dv
 * is a difference where v reaches g on several ways, which kernels that use an identity (the deviations from
 * the mean add up to 0) do not have. On well-conditioned data the two are within a factor of three. What is
 * left of it is how independent errors add up (oracle/tape/probable.h), for explanations (bound.c).
 *
 * A saved value is a node of P that P's other nodes are computed through, so that where it is given its
 * rounding, and not the errors of what it was computed from, is handed on. Which values are given decides
 * among running errors of the one P: the formulas record lse, the log of a sum of exp, as a detour that
 * costs nothing where it is computed, and the use of y in an identity as a term that is 0
 * (vjp_tape_close_logsumexp_shifted, vjp_tape_shortcut in oracle/tape/tape.h).
 *
 * P is linear in dy and in what the outputs held: dg/d(dy_i) is the entry J_ij, and so the sum of
 * |dg/d(dy_i)| |dy_i| is S. */

static enum vjp_status make_leaves(struct vjp_tape *tape, const struct vjp_tensor *values,
                                   int64_t **out, struct vjp_error *error)
{
    int64_t *leaf = malloc(((size_t)values->count + 1) * sizeof *leaf);
    if (!leaf)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a cotangent");
    for (int64_t e = 0; e < values->count; e++)
        leaf[e] = vjp_tape_leaf(tape, values->dtype, vjp_tensor_get(values, e));
    *out = leaf;
    return vjp_tape_status(tape, error);
}

/* The leaves that come from outside: dy and the old outputs. */
static enum vjp_status add_outside(struct vjp_graph *graph, const struct vjp_case *c,
                                   const struct vjp_data *data, const bool wanted[VJP_MAX_INPUTS],
                                   struct vjp_program *p, struct vjp_error *error)
{
    enum vjp_status status =
        make_leaves(graph->tape, &data->slot[vjp_slot_cotangent(c->spec)], &p->dy, error);
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        const struct vjp_tensor *old = &data->slot[vjp_slot_gradient(c->spec, i)];
        if (wanted[i] && old->data)
            status = make_leaves(graph->tape, old, &p->old[i], error);
    }
    return status;
}

static void set_seeds(const struct vjp_graph *graph, const struct vjp_program *p,
                      const bool wanted[VJP_MAX_INPUTS], struct vjp_seed *seed, int64_t *n_seeds,
                      bool *active)
{
    int64_t n = 0;
    for (int64_t e = 0; e < graph->y_count; e++)
        seed[n++] = (struct vjp_seed){graph->y[e], p->dy[e]};
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        for (int64_t e = 0; wanted[i] && e < graph->in_count[i]; e++) {
            active[graph->in[i][e]] = true;
            if (p->old[i])
                seed[n++] = (struct vjp_seed){graph->in[i][e], p->old[i][e]};
        }
    }
    *n_seeds = n;
}

static enum vjp_status take_gradients(const struct vjp_graph *graph,
                                      const bool wanted[VJP_MAX_INPUTS], const int64_t *adjoint,
                                      struct vjp_program *p, struct vjp_error *error)
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        if (!wanted[i])
            continue;
        p->gradient[i] = malloc(((size_t)graph->in_count[i] + 1) * sizeof *p->gradient[i]);
        if (!p->gradient[i])
            return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a gradient");
        for (int64_t e = 0; e < graph->in_count[i]; e++)
            p->gradient[i][e] = adjoint[graph->in[i][e]];
    }
    return VJP_OK;
}

enum vjp_status vjp_program_record(struct vjp_graph *graph, const struct vjp_case *c,
                                   const struct vjp_data *data, const bool wanted[VJP_MAX_INPUTS],
                                   struct vjp_program *out, struct vjp_error *error)
{
    struct vjp_program p = {.dtype = c->dtype, .n_saved = c->spec->n_saved};
    for (int k = 0; k < p.n_saved; k++)
        p.saved_dtype[k] = vjp_case_saved_dtype(c, k);
    int64_t *adjoint = NULL;
    bool *active = NULL;
    struct vjp_seed *seed = NULL;
    int64_t n_seeds = graph->y_count;
    enum vjp_status status = add_outside(graph, c, data, wanted, &p, error);
    if (status != VJP_OK)
        goto cleanup;
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        n_seeds += wanted[i] ? graph->in_count[i] : 0;
    const size_t nodes = (size_t)vjp_tape_count(graph->tape) + 1;
    adjoint = malloc(nodes * sizeof *adjoint);
    active = calloc(nodes, sizeof *active);
    seed = malloc(((size_t)n_seeds + 1) * sizeof *seed);
    if (!adjoint || !active || !seed) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory to record the backward pass");
        goto cleanup;
    }
    set_seeds(graph, &p, wanted, seed, &n_seeds, active);
    status = vjp_adjoint_record(graph->tape, seed, n_seeds, active, adjoint, error);
    if (status == VJP_OK)
        status = take_gradients(graph, wanted, adjoint, &p, error);
cleanup:
    free(adjoint);
    free(active);
    free(seed);
    if (status == VJP_OK)
        *out = p;
    else
        vjp_program_clear(&p);
    return status;
}

void vjp_program_clear(struct vjp_program *program)
{
    free(program->dy);
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        free(program->old[i]);
        free(program->gradient[i]);
    }
    *program = (struct vjp_program){0};
}

/* What measuring goes through the nodes with. */
struct measuring {
    const struct vjp_graph *graph;
    const struct vjp_program *program;
    struct vjp_landscape landscape;
    struct vjp_terms *terms;
    uint8_t *mark; /* by node: bit k for saved value k */
    uint8_t *
        overflowed; /* by node: bit k where it depends on a saved value k that its dtype has no number for */
    bool *outside; /* by node: a leaf that the program is linear in, dy or what an output held */
    long double *probable, *operands; /* by node */
    bool
        special; /* some operand is no number, or something that comes of them: the mean of nothing */
};

static void mark_nodes(struct measuring *m)
{
    const struct vjp_graph *graph = m->graph;
    const struct vjp_program *p = m->program;
    for (int64_t e = 0; e < graph->y_count; e++)
        m->outside[p->dy[e]] = true;
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        for (int64_t e = 0; p->old[i] && e < graph->in_count[i]; e++)
            m->outside[p->old[i][e]] = true;
    }
    for (int k = 0; k < VJP_MAX_SAVED; k++) {
        for (int64_t e = 0; graph->saved[k] && e < graph->saved_count[k]; e++)
            m->mark[graph->saved[k][e]] |= (uint8_t)(1u << k);
    }
    for (int64_t v = 0; v < vjp_tape_count(graph->tape); v++)
        m->special |= m->landscape.special[v] != VJP_SPECIAL_NONE;
}

/* The saved values that node v is given as and that round to infinity. */
static uint8_t overflows(const struct measuring *m, int64_t v)
{
    uint8_t bits = 0;
    for (int k = 0; k < m->program->n_saved; k++) {
        const struct vjp_format *format = vjp_format(m->program->saved_dtype[k]);
        const long double end = ldexpl(2 - ldexpl(1, -format->precision), format->emax);
        if ((m->mark[v] >> k & 1) && m->program->saved_dtype[k] != VJP_I32 &&
            fabsl(m->landscape.value[v]) >= end)
            bits |= (uint8_t)(1u << k);
    }
    return bits;
}

static void find_overflowed(struct measuring *m)
{
    const struct vjp_tape *tape = m->graph->tape;
    for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_edges(tape, v, &edge);
        m->overflowed[v] = m->mark[v] ? overflows(m, v) : 0;
        for (int e = 0; e < n; e++)
            m->overflowed[v] |= m->overflowed[edge[e].argument];
    }
}

static enum vjp_status init_measuring(struct measuring *m, struct vjp_error *error)
{
    const struct vjp_tape *tape = m->graph->tape;
    const size_t n = (size_t)vjp_tape_count(tape) + 1;
    m->mark = calloc(n, sizeof *m->mark);
    m->overflowed = calloc(n, sizeof *m->overflowed);
    m->outside = calloc(n, sizeof *m->outside);
    m->probable = malloc(n * sizeof *m->probable);
    m->operands = malloc(n * sizeof *m->operands);
    if (!m->mark || !m->overflowed || !m->outside || !m->probable || !m->operands ||
        !vjp_landscape_init(tape, &m->landscape))
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
    mark_nodes(m);
    find_overflowed(m);
    m->terms = vjp_terms_create(tape, m->landscape.value, m->outside);
    return m->terms ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
}

static void clear_measuring(struct measuring *m)
{
    free(m->mark);
    free(m->overflowed);
    free(m->outside);
    free(m->probable);
    free(m->operands);
    vjp_terms_destroy(m->terms);
    vjp_landscape_clear(&m->landscape);
}

/* Whether element j of the gradient by input i has errors to add up: not where it is the sum of no terms,
 * nor where it depends on what is no number, of which numbers say nothing (and take x87 a hundred times as
 * long). A sum of no terms, or of none but what was there before, is open where some operand of the case is no
 * number: a kernel may have multiplied it by 0. */
static bool is_measurable(const struct measuring *m, int i, struct vjp_gradient *g, int64_t j)
{
    const int64_t node = m->program->gradient[i][j];
    const int64_t *old = m->program->old[i];
    const bool empty = node == VJP_NO_NODE || (old && node == old[j]);
    if (node != VJP_NO_NODE) {
        g->lowest[j] = VJP_LOWEST_UNKNOWN;
        g->sensitivity[j].special = m->landscape.special[node];
    }
    if (empty && m->special && g->sensitivity[j].special == VJP_SPECIAL_NONE)
        g->sensitivity[j].special = VJP_SPECIAL_OPEN;
    return node != VJP_NO_NODE && g->sensitivity[j].special == VJP_SPECIAL_NONE;
}

/* S and k of the elements that can be measured. */
static enum vjp_status measure_terms(struct measuring *m, int i, struct vjp_gradient *g,
                                     struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int64_t element[VJP_LANES], node[VJP_LANES];
    int n = 0;
    for (int64_t j = 0; j < g->count && status == VJP_OK; j++) {
        if (is_measurable(m, i, g, j)) {
            element[n] = j;
            node[n++] = m->program->gradient[i][j];
        }
        if (n == VJP_LANES || (n > 0 && j == g->count - 1)) {
            status = vjp_terms_measure(m->terms, g, element, node, n, error);
            n = 0;
        }
    }
    return status;
}

/* What the analysis of the whole program says of element j of the gradient by input i. */
static void take_sensitivity(const struct measuring *m, int i, struct vjp_gradient *g, int64_t j)
{
    struct vjp_sensitivity *s = &g->sensitivity[j];
    const int64_t node = m->program->gradient[i][j];
    if (node == VJP_NO_NODE || s->special != VJP_SPECIAL_NONE)
        return;
    s->probable = m->probable[node];
    s->operands = m->operands[node];
    s->peak = m->landscape.peak[node];
    s->swallowed = m->landscape.swallowed[node];
    s->overflowed = m->overflowed[node];
}

static void measure_errors(struct measuring *m, const bool wanted[VJP_MAX_INPUTS],
                           struct vjp_gradient gradient[VJP_MAX_INPUTS])
{
    vjp_probable_errors(m->graph->tape, m->landscape.value, m->probable);
    vjp_probable_operands(m->graph->tape, m->landscape.value, m->operands);
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        for (int64_t j = 0; wanted[i] && j < gradient[i].count; j++)
            take_sensitivity(m, i, &gradient[i], j);
    }
}

enum vjp_status vjp_program_take_values(const struct vjp_graph *graph,
                                        const struct vjp_program *program,
                                        const bool wanted[VJP_MAX_INPUTS],
                                        struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                        struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        if (!wanted[i])
            continue;
        for (int64_t j = 0; j < gradient[i].count; j++) {
            const int64_t node = program->gradient[i][j];
            if (node != VJP_NO_NODE)
                vjp_real_set(&gradient[i].value[j], vjp_tape_value(graph->tape, node));
        }
        status = vjp_rational_settle(graph->tape, program->gradient[i], gradient[i].count,
                                     gradient[i].value, error);
    }
    return status;
}

enum vjp_status vjp_program_measure(const struct vjp_graph *graph,
                                    const struct vjp_program *program,
                                    const bool wanted[VJP_MAX_INPUTS],
                                    struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                    struct vjp_error *error)
{
    struct measuring m = {.graph = graph, .program = program};
    enum vjp_status status = vjp_program_take_values(graph, program, wanted, gradient, error);
    if (status == VJP_OK)
        status = init_measuring(&m, error);
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        struct vjp_gradient *g = &gradient[i];
        if (!wanted[i])
            continue;
        g->sensitivity = calloc((size_t)g->count + 1, sizeof *g->sensitivity);
        if (!g->sensitivity)
            status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
        else
            status = measure_terms(&m, i, g, error);
    }
    if (status == VJP_OK) {
        const struct vjp_ways ways = {
            .graph = graph, .program = program, .landscape = &m.landscape, .mark = m.mark};
        measure_errors(&m, wanted, gradient);
        status = vjp_ways_measure(&ways, wanted, gradient, error);
    }
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        if (wanted[i])
            vjp_gradient_set_special(&gradient[i]);
    }
    clear_measuring(&m);
    return status;
}
