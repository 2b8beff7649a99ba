/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_TAPE_RANDOM_TAPE_H
#define VJP_TESTS_ORACLE_TAPE_RANDOM_TAPE_H

#include "tests/oracle/tape/record.h"

/* Formulas of random operations whose values stay between 2^-6 and 2^6, or nearly so, and away from
 * the ends of the operations' domains: the same recipe on other leaves is the same formula. */

#define RANDOM_LEAVES 5
#define RANDOM_STEPS  24

struct recipe {
    int operation[RANDOM_STEPS];
    int a[RANDOM_STEPS], b[RANDOM_STEPS], c[RANDOM_STEPS];
};

enum {
    R_ADD,
    R_SUB,
    R_MUL,
    R_DIV,
    R_NEG,
    R_SQRT,
    R_RSQRT,
    R_EXP,
    R_LOG,
    R_TANH,
    R_ERF,
    R_SIGMOID,
    R_SOFTPLUS,
    R_RELU,
    R_ABS,
    R_SUM,
    R_MAX,
    R_LOGSUMEXP,
    R_SCALE,
    R_KINDS,
};

static inline double value_of_node(const struct vjp_tape *tape, int64_t node)
{
    return (double)vjp_real_get_ld(vjp_tape_value(tape, node));
}

/* Whether the operation is well behaved at these values. */
static inline bool suits(int operation, double a, double b)
{
    switch (operation) {
    case R_DIV:
        return fabs(b) > 0.2 && fabs(a) < 10;
    case R_SQRT:
    case R_RSQRT:
    case R_LOG:
        return a > 0.2;
    case R_EXP:
        return fabs(a) < 3;
    case R_MUL:
        return fabs(a) < 8 && fabs(b) < 8;
    case R_ERF:
    case R_TANH:
        return fabs(a) < 2;
    case R_RELU:
    case R_ABS:
    case R_MAX:
        return fabs(a) > 0.01 && fabs(a - b) > 0.01;
    default:
        return fabs(a) < 30 && fabs(b) < 30;
    }
}

static inline int64_t record_list(struct vjp_tape *tape, int operation, const int64_t node[3])
{
    const int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < (operation == R_MAX ? 2 : 3); i++)
        vjp_tape_push(tape, node[i]);
    return operation == R_SUM   ? vjp_tape_close_sum(tape, open)
           : operation == R_MAX ? vjp_tape_close_max(tape, open)
                                : vjp_tape_close_logsumexp(tape, open);
}

static inline int64_t record_step(struct vjp_tape *tape, int operation, const int64_t node[3])
{
    static int64_t (*const two[])(struct vjp_tape *, int64_t, int64_t) = {[R_ADD] = vjp_tape_add,
                                                                          [R_SUB] = vjp_tape_sub,
                                                                          [R_MUL] = vjp_tape_mul,
                                                                          [R_DIV] = vjp_tape_div};
    static int64_t (*const one[])(struct vjp_tape *, int64_t) = {
        [R_NEG] = vjp_tape_neg,   [R_SQRT] = vjp_tape_sqrt,       [R_RSQRT] = vjp_tape_rsqrt,
        [R_EXP] = vjp_tape_exp,   [R_LOG] = vjp_tape_log,         [R_TANH] = vjp_tape_tanh,
        [R_ERF] = vjp_tape_erf,   [R_SIGMOID] = vjp_tape_sigmoid, [R_SOFTPLUS] = vjp_tape_softplus,
        [R_RELU] = vjp_tape_relu, [R_ABS] = vjp_tape_abs};
    if (operation <= R_DIV)
        return two[operation](tape, node[0], node[1]);
    if (operation <= R_ABS)
        return one[operation](tape, node[0]);
    if (operation == R_SCALE)
        return vjp_tape_mul(tape, node[0], vjp_tape_ratio(tape, 1, 3));
    return record_list(tape, operation, node);
}

/* Draws a recipe while recording it; node[i] are the formula's nodes, the leaves first. */
static inline void draw_recipe(struct vjp_tape *tape, uint64_t *state, struct recipe *r,
                               int64_t node[RANDOM_LEAVES + RANDOM_STEPS])
{
    for (int step = 0; step < RANDOM_STEPS; step++) {
        const int last = RANDOM_LEAVES + step - 1;
        int64_t argument[3];
        do {
            r->operation[step] = (int)random_between(state, 0, R_KINDS - 1);
            r->a[step] = (int)random_between(state, 0, last);
            r->b[step] = (int)random_between(state, 0, last);
            r->c[step] = (int)random_between(state, 0, last);
            argument[0] = node[r->a[step]];
            argument[1] = node[r->b[step]];
            argument[2] = node[r->c[step]];
        } while (!suits(r->operation[step], value_of_node(tape, argument[0]),
                        value_of_node(tape, argument[1])));
        node[RANDOM_LEAVES + step] = record_step(tape, r->operation[step], argument);
    }
}

static inline void follow_recipe(struct vjp_tape *tape, const struct recipe *r,
                                 int64_t node[RANDOM_LEAVES + RANDOM_STEPS])
{
    for (int step = 0; step < RANDOM_STEPS; step++) {
        const int64_t argument[3] = {node[r->a[step]], node[r->b[step]], node[r->c[step]]};
        node[RANDOM_LEAVES + step] = record_step(tape, r->operation[step], argument);
    }
}

#endif
