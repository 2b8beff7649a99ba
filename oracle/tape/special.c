/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/special.h"

#include "oracle/tape/tape_parts.h"

/* A number that depends on nothing, or an operand. */
static enum vjp_special of_value(const struct vjp_node *node)
{
    if (node->value.kind == VJP_REAL_FINITE)
        return VJP_SPECIAL_NONE;
    return node->kind == VJP_NODE_LEAF && node->value.kind == VJP_REAL_NAN ? VJP_SPECIAL_NAN
                                                                           : VJP_SPECIAL_OPEN;
}

/* Whether nobody would leave out a product with that factor. A selection is a factor of 0 or 1. */
static bool is_a_true_factor(const struct vjp_tape *tape, const enum vjp_special *special,
                             int64_t factor)
{
    if (factor < 0 || special[factor] == VJP_SPECIAL_NAN) /* 1, -1 or NaN */
        return true;
    const struct vjp_node *node = &tape->node[factor];
    return node->kind != VJP_NODE_KINK && node->value.kind == VJP_REAL_FINITE &&
           (mpfr_sgn(vjp_real_low(&node->value)) > 0 || mpfr_sgn(vjp_real_high(&node->value)) < 0);
}

/* What an operation makes of an argument that is NaN. */
static enum vjp_special of_nan(const struct vjp_tape *tape, const enum vjp_special *special,
                               int64_t v, const struct vjp_edge *edge)
{
    switch ((enum vjp_operation)tape->node[v].operation) {
    case VJP_OP_RELU:
    case VJP_OP_ABS:
    case VJP_OP_MAX:
    case VJP_OP_RESIDUAL:
    case VJP_OP_NONE:
        return VJP_SPECIAL_OPEN;
    case VJP_OP_MASKED: /* 1 for the first argument */
        return edge->partial == VJP_NO_NODE ? VJP_SPECIAL_NAN : VJP_SPECIAL_OPEN;
    case VJP_OP_MUL:
        return is_a_true_factor(tape, special, edge->partial) ? VJP_SPECIAL_NAN : VJP_SPECIAL_OPEN;
    default:
        return VJP_SPECIAL_NAN;
    }
}

/* Whether edge e is the denominator of a quotient whose numerator may be 0: that may be left out, as a
 * product may. A numerator that is a constant has no edge, and is not 0. */
static bool may_be_left_out(const struct vjp_tape *tape, const enum vjp_special *special, int64_t v,
                            const struct vjp_edge *edge, int e)
{
    return tape->node[v].operation == VJP_OP_DIV && e > 0 &&
           !is_a_true_factor(tape, special, edge[0].argument);
}

static enum vjp_special of_operation(const struct vjp_tape *tape, const enum vjp_special *special,
                                     int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(tape, v, &edge);
    enum vjp_special worst = VJP_SPECIAL_NONE;
    for (int e = 0; e < n; e++) {
        enum vjp_special by_edge = special[edge[e].argument];
        if (by_edge == VJP_SPECIAL_NAN)
            by_edge = may_be_left_out(tape, special, v, edge, e)
                          ? VJP_SPECIAL_OPEN
                          : of_nan(tape, special, v, &edge[e]);
        worst = by_edge > worst ? by_edge : worst;
    }
    /* A constant that comes of operands, the largest of a row, has no edge. */
    if (worst == VJP_SPECIAL_NONE && tape->node[v].value.kind != VJP_REAL_FINITE)
        return VJP_SPECIAL_OPEN;
    return worst;
}

void vjp_special_find(const struct vjp_tape *tape, enum vjp_special *special)
{
    for (int64_t v = 0; v < tape->count; v++)
        special[v] = tape->node[v].kind == VJP_NODE_OPERATION ? of_operation(tape, special, v)
                                                              : of_value(&tape->node[v]);
}
