/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/jacobian.h"

#include "oracle/tape/sweep.h"

#include <stdlib.h>

enum vjp_status vjp_jacobian_init(struct vjp_jacobian *out, const struct vjp_shape *y,
                                  const struct vjp_shape *x, mpfr_prec_t precision,
                                  struct vjp_error *error)
{
    struct vjp_jacobian j = {.y = *y, .x = *x, .precision = precision};
    struct vjp_shape whole;
    enum vjp_status status = vjp_shape_concat(y, x, &whole, error);
    if (status == VJP_OK)
        status = vjp_shape_count(y, &j.rows, error);
    if (status == VJP_OK)
        status = vjp_shape_count(x, &j.columns, error);
    if (status != VJP_OK)
        return status;
    j.start = calloc((size_t)j.rows + 1, sizeof *j.start);
    if (!j.start)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    *out = j;
    return VJP_OK;
}

void vjp_jacobian_clear(struct vjp_jacobian *jacobian)
{
    vjp_limbs_clear(&jacobian->limbs);
    free(jacobian->entry);
    free(jacobian->start);
    free(jacobian->column);
    *jacobian = (struct vjp_jacobian){0};
}

static enum vjp_status reserve(struct vjp_jacobian *j, struct vjp_error *error)
{
    if (j->entries < j->capacity)
        return VJP_OK;
    const int64_t capacity = 2 * j->capacity + 64;
    struct vjp_real *entry = realloc(j->entry, (size_t)capacity * sizeof *entry);
    if (entry)
        j->entry = entry;
    int64_t *column = realloc(j->column, (size_t)capacity * sizeof *column);
    if (column)
        j->column = column;
    if (!entry || !column)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    j->capacity = capacity;
    return VJP_OK;
}

enum vjp_status vjp_jacobian_append(struct vjp_jacobian *j, int64_t column,
                                    const struct vjp_real *value, struct vjp_error *error)
{
    enum vjp_status status = reserve(j, error);
    if (status != VJP_OK)
        return status;
    if (!vjp_real_init_in(&j->entry[j->entries], j->precision, &j->limbs))
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    vjp_real_set(&j->entry[j->entries], value);
    j->column[j->entries++] = column;
    return VJP_OK;
}

static int compare_nodes(const void *a, const void *b)
{
    const int64_t u = *(const int64_t *)a, v = *(const int64_t *)b;
    return (u > v) - (u < v);
}

/* The leaves of an input were recorded one after another: element e is node in[0] + e. */
static bool is_element_of(const struct vjp_graph *graph, int input, int64_t node, int64_t *element)
{
    if (graph->in_count[input] == 0)
        return false;
    *element = node - graph->in[input][0];
    return *element >= 0 && *element < graph->in_count[input];
}

/* Appends the derivatives by the elements of one input, of the sweep that was just made, as the next
 * row of j. leaves are the reached leaves in ascending order. */
static enum vjp_status append_row(const struct vjp_graph *graph, int input,
                                  const struct vjp_sweep *sweep, const int64_t *leaves, int64_t n,
                                  int64_t row, struct vjp_jacobian *j, struct vjp_error *error)
{
    int64_t element;
    for (int64_t i = 0; i < n; i++) {
        if (!is_element_of(graph, input, leaves[i], &element))
            continue;
        enum vjp_status status =
            vjp_jacobian_append(j, element, vjp_sweep_derivative(sweep, leaves[i]), error);
        if (status != VJP_OK)
            return status;
    }
    j->start[row + 1] = j->entries;
    return VJP_OK;
}

/* Copies the leaves among the reached nodes to leaves, in ascending order; returns their number. */
static int64_t collect_leaves(const struct vjp_graph *graph, const struct vjp_sweep *sweep,
                              int64_t *leaves)
{
    const int64_t *reached;
    const int64_t n = vjp_sweep_reached(sweep, &reached);
    int64_t count = 0;
    for (int64_t i = n - 1; i >= 0; i--) {
        if (vjp_tape_is_leaf(graph->tape, reached[i]))
            leaves[count++] = reached[i];
    }
    return count;
}

/* Derives the rows; ends with *plain false, and out alone, at the first row with more than one path,
 * where plain is not NULL. */
static enum vjp_status derive_rows(const struct vjp_graph *graph, const bool wanted[VJP_MAX_INPUTS],
                                   struct vjp_jacobian out[VJP_MAX_INPUTS], bool *plain,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_jacobian made[VJP_MAX_INPUTS] = {0};
    struct vjp_sweep *sweep = vjp_sweep_create(graph->tape);
    int64_t *leaves = calloc((size_t)vjp_tape_count(graph->tape) + 1, sizeof *leaves);
    if (!sweep || !leaves) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
        goto cleanup;
    }
    for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
        if (wanted[i])
            status = vjp_jacobian_init(&made[i], &graph->y_shape, &graph->in_shape[i],
                                       vjp_tape_precision(graph->tape), error);
    }
    for (int64_t row = 0; row < graph->y_count && status == VJP_OK; row++) {
        status = vjp_sweep_reverse(sweep, graph->y[row], error);
        if (status != VJP_OK)
            break;
        if (plain && vjp_sweep_merges(sweep)) {
            *plain = false;
            break;
        }
        const int64_t n = collect_leaves(graph, sweep, leaves);
        for (int i = 0; i < VJP_MAX_INPUTS && status == VJP_OK; i++) {
            if (wanted[i])
                status = append_row(graph, i, sweep, leaves, n, row, &made[i], error);
        }
    }
cleanup:
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        if (wanted[i] && status == VJP_OK && (!plain || *plain))
            out[i] = made[i];
        else
            vjp_jacobian_clear(&made[i]);
    }
    free(leaves);
    vjp_sweep_destroy(sweep);
    return status;
}

enum vjp_status vjp_jacobian_by_rows(const struct vjp_graph *graph,
                                     const bool wanted[VJP_MAX_INPUTS],
                                     struct vjp_jacobian out[VJP_MAX_INPUTS],
                                     struct vjp_error *error)
{
    return derive_rows(graph, wanted, out, NULL, error);
}

enum vjp_status vjp_jacobian_if_plain(const struct vjp_graph *graph,
                                      const bool wanted[VJP_MAX_INPUTS],
                                      struct vjp_jacobian out[VJP_MAX_INPUTS], bool *plain,
                                      struct vjp_error *error)
{
    *plain = true;
    for (int64_t e = 0; e < graph->y_count && *plain; e++)
        *plain = vjp_tape_is_plain(graph->tape, graph->y[e]);
    return *plain ? derive_rows(graph, wanted, out, plain, error) : VJP_OK;
}

/* Makes the transposed of t, whose rows are the columns of the result. */
static enum vjp_status transpose(const struct vjp_jacobian *t, struct vjp_jacobian *out,
                                 struct vjp_error *error)
{
    struct vjp_jacobian j;
    int64_t *next = NULL;
    enum vjp_status status = vjp_jacobian_init(&j, &t->x, &t->y, t->precision, error);
    if (status != VJP_OK)
        return status;
    next = calloc((size_t)j.rows + 1, sizeof *next);
    j.column = calloc((size_t)t->entries + 1, sizeof *j.column);
    j.entry = vjp_reals_create(t->entries, t->precision, &j.limbs);
    if (!next || !j.column || !j.entry) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
        goto cleanup;
    }
    j.entries = j.capacity = t->entries;
    for (int64_t e = 0; e < t->entries; e++)
        j.start[t->column[e] + 1]++;
    for (int64_t row = 0; row < j.rows; row++) {
        j.start[row + 1] += j.start[row];
        next[row] = j.start[row];
    }
    for (int64_t row = 0; row < t->rows; row++) {
        for (int64_t e = t->start[row]; e < t->start[row + 1]; e++) {
            const int64_t at = next[t->column[e]]++;
            j.column[at] = row;
            vjp_real_set(&j.entry[at], &t->entry[e]);
        }
    }
cleanup:
    free(next);
    if (status == VJP_OK)
        *out = j;
    else
        vjp_jacobian_clear(&j);
    return status;
}

enum vjp_status vjp_jacobian_by_columns(const struct vjp_graph *graph, int input,
                                        struct vjp_jacobian *out, struct vjp_error *error)
{
    struct vjp_jacobian t = {0};
    struct vjp_sweep *sweep = vjp_sweep_create(graph->tape);
    if (!sweep)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    enum vjp_status status = vjp_jacobian_init(&t, &graph->in_shape[input], &graph->y_shape,
                                               vjp_tape_precision(graph->tape), error);
    for (int64_t e = 0; e < graph->in_count[input] && status == VJP_OK; e++) {
        status = vjp_sweep_forward(sweep, graph->in[input][e], error);
        for (int64_t row = 0; row < graph->y_count && status == VJP_OK; row++) {
            const struct vjp_real *d = vjp_sweep_derivative(sweep, graph->y[row]);
            if (d)
                status = vjp_jacobian_append(&t, row, d, error);
        }
        t.start[e + 1] = t.entries;
    }
    if (status == VJP_OK)
        status = transpose(&t, out, error);
    vjp_jacobian_clear(&t);
    vjp_sweep_destroy(sweep);
    return status;
}

const struct vjp_real *vjp_jacobian_find(const struct vjp_jacobian *j, int64_t row, int64_t column)
{
    if (j->entries == 0)
        return NULL;
    const int64_t *found =
        bsearch(&column, j->column + j->start[row], (size_t)(j->start[row + 1] - j->start[row]),
                sizeof column, compare_nodes);
    return found ? &j->entry[found - j->column] : NULL;
}
