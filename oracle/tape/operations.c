/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/tape_parts.h"

/* Operations of one and two arguments. A partial derivative that is a computation of its own is
 * recorded behind its operation; its own partial derivatives are there already or end after a step
 * or two (those of 1/b are -(1/b)(1/b), a product), so that nothing goes on for ever. */

/* A constant with at most so many bits is a number of every format, as far as its exponent goes: 8
 * bits is the significand of bf16. */
#define SHORT_BITS 8

static bool is_short(const struct vjp_real *r, long bits)
{
    return r->kind == VJP_REAL_FINITE && r->point && (long)mpfr_min_prec(vjp_real_low(r)) <= bits;
}

/* Marks a constant whose value is set: a kernel has to round it unless it is short. */
static int64_t finish_constant(struct vjp_tape *tape, int64_t id)
{
    if (id != VJP_NO_NODE && !is_short(&tape->node[id].value, SHORT_BITS))
        tape->node[id].rounding = VJP_ROUNDING_BASIC;
    return id;
}

static int64_t append_constant(struct vjp_tape *tape)
{
    return vjp_tape_append(tape, VJP_NODE_CONSTANT, VJP_ROUNDING_NONE);
}

int64_t vjp_tape_constant(struct vjp_tape *tape, long value)
{
    const int64_t id = append_constant(tape);
    if (id != VJP_NO_NODE)
        vjp_real_set_si(&tape->node[id].value, value);
    return finish_constant(tape, id);
}

int64_t vjp_tape_number(struct vjp_tape *tape, double value)
{
    const int64_t id = append_constant(tape);
    if (id != VJP_NO_NODE)
        vjp_real_set_bits(&tape->node[id].value, VJP_F64, vjp_bits_from_double(VJP_F64, value));
    return finish_constant(tape, id);
}

int64_t vjp_tape_ratio(struct vjp_tape *tape, long a, long b)
{
    const int64_t id = append_constant(tape);
    if (id != VJP_NO_NODE)
        vjp_real_set_ratio(&tape->node[id].value, a, b);
    if (id != VJP_NO_NODE)
        vjp_tape_note_ratio(tape, id, a, b);
    return finish_constant(tape, id);
}

/* Pi is between its roundings down and up. */
int64_t vjp_tape_pi(struct vjp_tape *tape)
{
    const int64_t id = append_constant(tape);
    if (id != VJP_NO_NODE) {
        struct vjp_real *value = &tape->node[id].value;
        mpfr_const_pi(&value->ends->left, MPFR_RNDD);
        mpfr_const_pi(&value->ends->right, MPFR_RNDU);
        value->point = false;
    }
    return finish_constant(tape, id);
}

/* A number that nobody rounds and nobody differentiates by: a constant of no rounding. */
bool vjp_tape_is_plain_constant(const struct vjp_tape *tape, int64_t id)
{
    return tape->node[id].kind == VJP_NODE_CONSTANT && tape->node[id].rounding == VJP_ROUNDING_NONE;
}

bool vjp_tape_is_given(const struct vjp_tape *tape, int64_t id)
{
    return tape->node[id].kind == VJP_NODE_LEAF || vjp_tape_is_plain_constant(tape, id);
}

/* A node for an operation on a and, where it is not VJP_NO_NODE, b. */
static int64_t append_operation(struct vjp_tape *tape, enum vjp_rounding rounding, int64_t a,
                                int64_t b)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_OPERATION, rounding);
    if (id == VJP_NO_NODE)
        return id;
    const uint8_t u = tape->node[a].degree;
    const uint8_t v = b == VJP_NO_NODE ? 0 : tape->node[b].degree;
    tape->node[id].degree = u > v ? u : v;
    if (b != VJP_NO_NODE && vjp_tape_is_plain_constant(tape, b))
        tape->node[id].constant = b;
    else if (vjp_tape_is_plain_constant(tape, a))
        tape->node[id].constant = a;
    return id;
}

/* Constants that nobody rounds get no edge: nothing depends on their derivative. */
static void connect(struct vjp_tape *tape, int64_t argument, int64_t partial)
{
    if (!vjp_tape_is_plain_constant(tape, argument))
        vjp_tape_connect(tape, argument, partial);
}

/* Sets the partial derivative of edge k of a node: recorded after the node. */
void vjp_tape_set_partial(struct vjp_tape *tape, int64_t id, int k, int64_t partial)
{
    if (partial == VJP_NO_NODE)
        tape->failed = true;
    else if (!tape->failed && k < tape->node[id].n_edges)
        tape->edge[tape->node[id].first_edge + k].partial = partial;
}

int64_t vjp_tape_add(struct vjp_tape *tape, int64_t a, int64_t b)
{
    if (a == VJP_NO_NODE || b == VJP_NO_NODE)
        return VJP_NO_NODE;
    const int64_t id = append_operation(tape, VJP_ROUNDING_BASIC, a, b);
    if (id == VJP_NO_NODE)
        return id;
    tape->node[id].operation = VJP_OP_ADD;
    vjp_real_add(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    connect(tape, a, VJP_NO_NODE);
    connect(tape, b, VJP_NO_NODE);
    return id;
}

/* Whether the operation was recorded before; *id is then its node. */
static bool is_known(const struct vjp_tape *tape, enum vjp_operation operation, int64_t a,
                     int64_t b, int64_t *id)
{
    *id = vjp_memo_find(&tape->memo, (int)operation, a, b);
    return *id >= 0;
}

static void remember(struct vjp_tape *tape, enum vjp_operation operation, int64_t a, int64_t b,
                     int64_t id)
{
    if (!vjp_memo_enter(&tape->memo, (int)operation, a, b, id))
        tape->failed = true;
}

int64_t vjp_tape_sub(struct vjp_tape *tape, int64_t a, int64_t b)
{
    int64_t id = VJP_NO_NODE;
    if (a == VJP_NO_NODE || b == VJP_NO_NODE || is_known(tape, VJP_OP_SUB, a, b, &id))
        return id;
    id = append_operation(tape, VJP_ROUNDING_BASIC, a, b);
    if (id == VJP_NO_NODE)
        return id;
    tape->node[id].operation = VJP_OP_SUB;
    vjp_real_sub(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    connect(tape, a, VJP_NO_NODE);
    connect(tape, b, VJP_MINUS_ONE);
    remember(tape, VJP_OP_SUB, a, b, id);
    return id;
}

/* The degree of a product: see vjp_tape_is_plain. */
static uint8_t product_degree(const struct vjp_tape *tape, int64_t a, int64_t b)
{
    const bool given_a = vjp_tape_is_given(tape, a), given_b = vjp_tape_is_given(tape, b);
    if (given_a && given_b)
        return 1;
    const int64_t other = vjp_tape_is_plain_constant(tape, a)   ? b
                          : vjp_tape_is_plain_constant(tape, b) ? a
                                                                : -1;
    return other >= 0 && tape->node[other].degree == 0 ? 1 : VJP_DEGREE_MANY;
}

/* What a product with this factor rounds: nothing with 0, 1, -1 or what a kink leaves open, which
 * select, or with a residual, which is no factor of a kernel's; with another power of two only what
 * underflows. */
static enum vjp_rounding factor_rounding(const struct vjp_tape *tape, int64_t id)
{
    const struct vjp_real *r = &tape->node[id].value;
    if (tape->node[id].rounding != VJP_ROUNDING_NONE) /* a share of 1/3 */
        return VJP_ROUNDING_BASIC;
    if ((tape->node[id].kind == VJP_NODE_KINK && !r->point) ||
        tape->node[id].operation == VJP_OP_RESIDUAL)
        return VJP_ROUNDING_NONE;
    if (!(tape->node[id].kind == VJP_NODE_KINK || vjp_tape_is_plain_constant(tape, id)) ||
        !is_short(r, 1))
        return VJP_ROUNDING_BASIC;
    return mpfr_zero_p(vjp_real_low(r)) || mpfr_cmpabs_ui(vjp_real_low(r), 1) == 0
               ? VJP_ROUNDING_NONE
               : VJP_ROUNDING_SCALE;
}

int64_t vjp_tape_mul(struct vjp_tape *tape, int64_t a, int64_t b)
{
    if (a == VJP_NO_NODE || b == VJP_NO_NODE)
        return VJP_NO_NODE;
    const enum vjp_rounding by_a = factor_rounding(tape, a), by_b = factor_rounding(tape, b);
    const int64_t id = append_operation(tape, by_a < by_b ? by_a : by_b, a, b);
    if (id == VJP_NO_NODE)
        return id;
    tape->node[id].operation = VJP_OP_MUL;
    tape->node[id].degree = product_degree(tape, a, b);
    vjp_real_mul(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    connect(tape, a, b);
    connect(tape, b, a);
    return id;
}

/* A node for an operation of one argument whose partial derivative is not 1: recorded by the caller
 * behind it. Sets *id; false where there is nothing left to do. */
bool vjp_tape_begin(struct vjp_tape *tape, enum vjp_operation operation, enum vjp_rounding rounding,
                    int64_t a, int64_t *id)
{
    if (a == VJP_NO_NODE) {
        *id = VJP_NO_NODE;
        return false;
    }
    if (is_known(tape, operation, a, VJP_NO_NODE, id))
        return false;
    *id = append_operation(tape, rounding, a, VJP_NO_NODE);
    if (*id == VJP_NO_NODE)
        return false;
    tape->node[*id].degree = VJP_DEGREE_MANY;
    tape->node[*id].operation = (uint8_t)operation;
    connect(tape, a, VJP_NO_NODE);
    remember(tape, operation, a, VJP_NO_NODE, *id);
    return true;
}

int64_t vjp_tape_neg(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_NEG, VJP_ROUNDING_NONE, a, &id))
        return id;
    tape->node[id].degree = tape->node[a].degree;
    vjp_real_neg(&tape->node[id].value, &tape->node[a].value);
    vjp_tape_set_partial(tape, id, 0, VJP_MINUS_ONE);
    return id;
}

/* 1 / b; the partial derivative is -(1/b)(1/b). */
int64_t vjp_tape_reciprocal(struct vjp_tape *tape, int64_t b)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_RECIPROCAL, VJP_ROUNDING_BASIC, b, &id))
        return id;
    vjp_real_set_si(&tape->scratch, 1);
    vjp_real_div(&tape->node[id].value, &tape->scratch, &tape->node[b].value);
    vjp_tape_set_partial(tape, id, 0, vjp_tape_neg(tape, vjp_tape_mul(tape, id, id)));
    return id;
}

/* By a: 1/b; by b: -(a/b)(1/b). */
int64_t vjp_tape_div(struct vjp_tape *tape, int64_t a, int64_t b)
{
    if (a == VJP_NO_NODE || b == VJP_NO_NODE)
        return VJP_NO_NODE;
    const int64_t inverse = vjp_tape_reciprocal(tape, b);
    const int64_t id = append_operation(tape, VJP_ROUNDING_BASIC, a, b);
    if (id == VJP_NO_NODE || inverse == VJP_NO_NODE)
        return VJP_NO_NODE;
    tape->node[id].degree = VJP_DEGREE_MANY;
    tape->node[id].operation = VJP_OP_DIV;
    vjp_real_div(&tape->node[id].value, &tape->node[a].value, &tape->node[b].value);
    connect(tape, a, inverse);
    const int second = tape->failed ? 0 : tape->node[id].n_edges;
    connect(tape, b, inverse);
    if (!vjp_tape_is_plain_constant(tape, b))
        vjp_tape_set_partial(tape, id, second, vjp_tape_neg(tape, vjp_tape_mul(tape, id, inverse)));
    return id;
}

int64_t vjp_tape_gate(struct vjp_tape *tape, int64_t a, bool open)
{
    const int64_t factor = vjp_tape_constant(tape, open);
    if (factor != VJP_NO_NODE)
        tape->node[factor].value.set = !open;
    return vjp_tape_mul(tape, a, factor);
}
