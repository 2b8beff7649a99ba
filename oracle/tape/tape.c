/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/memo.h"
#include "oracle/tape/tape_parts.h"

#include <stdlib.h>

struct vjp_tape *vjp_tape_create(mpfr_prec_t precision, struct vjp_kinks kinks)
{
    struct vjp_tape *tape = calloc(1, sizeof *tape);
    if (!tape)
        return NULL;
    tape->precision = precision;
    tape->kinks = kinks;
    if (!vjp_real_init_in(&tape->minus_one, precision, &tape->limbs) ||
        !vjp_real_init_in(&tape->scratch, precision, &tape->limbs)) {
        vjp_tape_destroy(tape);
        return NULL;
    }
    vjp_real_set_si(&tape->minus_one, -1);
    return tape;
}

void vjp_tape_destroy(struct vjp_tape *tape)
{
    if (!tape)
        return;
    vjp_limbs_clear(&tape->limbs);
    vjp_memo_clear(&tape->memo);
    free(tape->node);
    free(tape->edge);
    free(tape->term);
    free(tape->kink);
    free(tape->ratio);
    free(tape);
}

enum vjp_status vjp_tape_status(const struct vjp_tape *tape, struct vjp_error *error)
{
    if (tape->failed)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory to record the forward formula");
    return VJP_OK;
}

/* Room for one more element in an array that doubles; false, and the tape has failed, when memory
 * ends. */
static bool reserve(struct vjp_tape *tape, void **array, int64_t count, int64_t *capacity,
                    size_t size)
{
    if (tape->failed)
        return false;
    if (count < *capacity)
        return true;
    const int64_t larger = 2 * *capacity + 256;
    void *grown = realloc(*array, (size_t)larger * size);
    if (!grown) {
        tape->failed = true;
        return false;
    }
    *array = grown;
    *capacity = larger;
    return true;
}

int64_t vjp_tape_append(struct vjp_tape *tape, enum vjp_node_kind kind, enum vjp_rounding rounding)
{
    if (!reserve(tape, (void **)&tape->node, tape->count, &tape->node_capacity, sizeof *tape->node))
        return VJP_NO_NODE;
    struct vjp_node *node = &tape->node[tape->count];
    *node = (struct vjp_node){.kind = (uint8_t)kind,
                              .rounding = (uint8_t)rounding,
                              .first_edge = tape->n_edges,
                              .constant = VJP_NO_NODE};
    if (!vjp_real_init_in(&node->value, tape->precision, &tape->limbs)) {
        tape->failed = true;
        return VJP_NO_NODE;
    }
    return tape->count++;
}

void vjp_tape_connect(struct vjp_tape *tape, int64_t argument, int64_t partial)
{
    if (tape->failed || !reserve(tape, (void **)&tape->edge, tape->n_edges, &tape->edge_capacity,
                                 sizeof *tape->edge))
        return;
    tape->edge[tape->n_edges++] = (struct vjp_edge){argument, partial};
    tape->node[tape->count - 1].n_edges++;
}

void vjp_tape_note_kink(struct vjp_tape *tape, const struct vjp_kink *kink)
{
    if (reserve(tape, (void **)&tape->kink, tape->n_kinks, &tape->kink_capacity,
                sizeof *tape->kink))
        tape->kink[tape->n_kinks++] = *kink;
}

void vjp_tape_note_ratio(struct vjp_tape *tape, int64_t node, long a, long b)
{
    if (reserve(tape, (void **)&tape->ratio, tape->n_ratios, &tape->ratio_capacity,
                sizeof *tape->ratio))
        tape->ratio[tape->n_ratios++] = (struct vjp_ratio){node, a, b};
}

int64_t vjp_tape_leaf_real(struct vjp_tape *tape, const struct vjp_real *value)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_LEAF, VJP_ROUNDING_NONE);
    if (id != VJP_NO_NODE)
        vjp_real_set(&tape->node[id].value, value);
    return id;
}

int64_t vjp_tape_leaf(struct vjp_tape *tape, enum vjp_dtype dtype, uint64_t bits)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_LEAF, VJP_ROUNDING_NONE);
    if (id != VJP_NO_NODE)
        vjp_real_set_bits(&tape->node[id].value, dtype, bits);
    return id;
}

int64_t vjp_tape_open(struct vjp_tape *tape)
{
    return tape->n_terms;
}

void vjp_tape_push(struct vjp_tape *tape, int64_t term)
{
    if (term == VJP_NO_NODE) {
        tape->failed = true;
        return;
    }
    if (reserve(tape, (void **)&tape->term, tape->n_terms, &tape->term_capacity,
                sizeof *tape->term))
        tape->term[tape->n_terms++] = term;
}

int64_t vjp_tape_count(const struct vjp_tape *tape)
{
    return tape->count;
}

mpfr_prec_t vjp_tape_precision(const struct vjp_tape *tape)
{
    return tape->precision;
}

const struct vjp_real *vjp_tape_value(const struct vjp_tape *tape, int64_t node)
{
    return &tape->node[node].value;
}

int vjp_tape_edges(const struct vjp_tape *tape, int64_t node, const struct vjp_edge **edges)
{
    const int n = tape->node[node].n_edges;
    *edges = n > 0 ? tape->edge + tape->node[node].first_edge : NULL;
    return n;
}

bool vjp_tape_is_leaf(const struct vjp_tape *tape, int64_t node)
{
    return tape->node[node].kind == VJP_NODE_LEAF;
}

enum vjp_rounding vjp_tape_rounding(const struct vjp_tape *tape, int64_t node)
{
    return tape->node[node].rounding;
}

int64_t vjp_tape_kinks(const struct vjp_tape *tape, const struct vjp_kink **kinks)
{
    *kinks = tape->kink;
    return tape->n_kinks;
}

bool vjp_tape_is_plain(const struct vjp_tape *tape, int64_t node)
{
    return tape->node[node].degree < VJP_DEGREE_MANY;
}

bool vjp_tape_on_kink(const struct vjp_tape *tape)
{
    return tape->on_kink;
}
