/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include <stdlib.h>

enum node_kind { LEAF, CONSTANT, BINARY };

struct node {
    struct vjp_real value;
    enum node_kind kind;
    struct vjp_edge edge[2];
};

struct vjp_tape {
    mpfr_prec_t precision;
    struct vjp_limbs limbs; /* of the values */
    struct node *node;
    int64_t count;
    int64_t capacity;
    bool failed;
};

struct vjp_tape *vjp_tape_create(mpfr_prec_t precision)
{
    struct vjp_tape *tape = calloc(1, sizeof *tape);
    if (tape)
        tape->precision = precision;
    return tape;
}

void vjp_tape_destroy(struct vjp_tape *tape)
{
    if (!tape)
        return;
    vjp_limbs_clear(&tape->limbs);
    free(tape->node);
    free(tape);
}

enum vjp_status vjp_tape_status(const struct vjp_tape *tape, struct vjp_error *error)
{
    if (tape->failed)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory to record the forward formula");
    return VJP_OK;
}

/* A new node with value 0, or VJP_NO_NODE. */
static int64_t append(struct vjp_tape *tape, enum node_kind kind)
{
    if (tape->failed)
        return VJP_NO_NODE;
    if (tape->count == tape->capacity) {
        const int64_t capacity = 2 * tape->capacity + 256;
        struct node *node = realloc(tape->node, (size_t)capacity * sizeof *node);
        if (!node) {
            tape->failed = true;
            return VJP_NO_NODE;
        }
        tape->node = node;
        tape->capacity = capacity;
    }
    struct node *node = &tape->node[tape->count];
    if (!vjp_real_init_in(&node->value, tape->precision, &tape->limbs)) {
        tape->failed = true;
        return VJP_NO_NODE;
    }
    node->kind = kind;
    return tape->count++;
}

static int64_t append_binary(struct vjp_tape *tape, int64_t a, int64_t partial_a, int64_t b,
                             int64_t partial_b)
{
    if (a == VJP_NO_NODE || b == VJP_NO_NODE)
        return VJP_NO_NODE;
    const int64_t id = append(tape, BINARY);
    if (id != VJP_NO_NODE) {
        tape->node[id].edge[0] = (struct vjp_edge){a, partial_a};
        tape->node[id].edge[1] = (struct vjp_edge){b, partial_b};
    }
    return id;
}

int64_t vjp_tape_leaf(struct vjp_tape *tape, enum vjp_dtype dtype, uint64_t bits)
{
    const int64_t id = append(tape, LEAF);
    if (id != VJP_NO_NODE)
        vjp_real_set_bits(&tape->node[id].value, dtype, bits);
    return id;
}

int64_t vjp_tape_constant(struct vjp_tape *tape, long value)
{
    const int64_t id = append(tape, CONSTANT);
    if (id != VJP_NO_NODE)
        vjp_real_set_si(&tape->node[id].value, value);
    return id;
}

int64_t vjp_tape_add(struct vjp_tape *tape, int64_t a, int64_t b)
{
    const int64_t id = append_binary(tape, a, VJP_NO_NODE, b, VJP_NO_NODE);
    if (id != VJP_NO_NODE)
        vjp_real_add(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    return id;
}

int64_t vjp_tape_mul(struct vjp_tape *tape, int64_t a, int64_t b)
{
    const int64_t id = append_binary(tape, a, b, b, a);
    if (id != VJP_NO_NODE)
        vjp_real_mul(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    return id;
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
    *edges = tape->node[node].edge;
    return tape->node[node].kind == BINARY ? 2 : 0;
}

bool vjp_tape_is_leaf(const struct vjp_tape *tape, int64_t node)
{
    return tape->node[node].kind == LEAF;
}
