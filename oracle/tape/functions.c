/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/tape_parts.h"

/* 1 / (2 sqrt(a)) */
int64_t vjp_tape_sqrt(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_SQRT, VJP_ROUNDING_BASIC, a, &id))
        return id;
    vjp_real_sqrt(&tape->node[id].value, &tape->node[a].value);
    if (!vjp_tape_is_plain_constant(tape, a))
        vjp_tape_set_partial(
            tape, id, 0,
            vjp_tape_mul(tape, vjp_tape_ratio(tape, 1, 2), vjp_tape_reciprocal(tape, id)));
    return id;
}

/* -r r r / 2. A kernel computes r as 1 / sqrt(a), in two operations: hence elementary. */
int64_t vjp_tape_rsqrt(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_RSQRT, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_rsqrt(&tape->node[id].value, &tape->node[a].value);
    const int64_t cube = vjp_tape_mul(tape, id, vjp_tape_mul(tape, id, id));
    vjp_tape_set_partial(tape, id, 0, vjp_tape_mul(tape, vjp_tape_ratio(tape, -1, 2), cube));
    return id;
}

int64_t vjp_tape_exp(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_EXP, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_exp(&tape->node[id].value, &tape->node[a].value);
    vjp_tape_set_partial(tape, id, 0, id);
    return id;
}

bool vjp_tape_is_huge(const struct vjp_tape *tape, int64_t node)
{
    const struct vjp_edge *edge;
    if (tape->node[node].operation != VJP_OP_EXP || vjp_tape_edges(tape, node, &edge) == 0)
        return false;
    const struct vjp_real *a = vjp_tape_value(tape, edge[0].argument);
    return a->kind == VJP_REAL_FINITE && mpfr_cmp_ui_2exp(vjp_real_low(a), 1, 20) > 0;
}

int64_t vjp_tape_log(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_LOG, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_log(&tape->node[id].value, &tape->node[a].value);
    vjp_tape_set_partial(tape, id, 0, vjp_tape_reciprocal(tape, a));
    return id;
}

/* 1 - y y */
int64_t vjp_tape_tanh(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_TANH, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_tanh(&tape->node[id].value, &tape->node[a].value);
    const int64_t one = vjp_tape_constant(tape, 1);
    vjp_tape_set_partial(tape, id, 0, vjp_tape_sub(tape, one, vjp_tape_mul(tape, id, id)));
    return id;
}

/* 2 / sqrt(pi) exp(-a a) */
int64_t vjp_tape_erf(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_ERF, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_erf(&tape->node[id].value, &tape->node[a].value);
    const int64_t two = vjp_tape_constant(tape, 2);
    const int64_t factor = vjp_tape_mul(tape, two, vjp_tape_rsqrt(tape, vjp_tape_pi(tape)));
    const int64_t bell = vjp_tape_exp(tape, vjp_tape_neg(tape, vjp_tape_mul(tape, a, a)));
    vjp_tape_set_partial(tape, id, 0, vjp_tape_mul(tape, factor, bell));
    return id;
}

/* y (1 - y) */
int64_t vjp_tape_sigmoid(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_SIGMOID, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_sigmoid(&tape->node[id].value, &tape->node[a].value);
    const int64_t one = vjp_tape_constant(tape, 1);
    vjp_tape_set_partial(tape, id, 0, vjp_tape_mul(tape, id, vjp_tape_sub(tape, one, id)));
    return id;
}

int64_t vjp_tape_softplus(struct vjp_tape *tape, int64_t a)
{
    int64_t id;
    if (!vjp_tape_begin(tape, VJP_OP_SOFTPLUS, VJP_ROUNDING_ELEMENTARY, a, &id))
        return id;
    vjp_real_softplus(&tape->node[id].value, &tape->node[a].value);
    vjp_tape_set_partial(tape, id, 0, vjp_tape_sigmoid(tape, a));
    return id;
}
