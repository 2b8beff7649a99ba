/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* x / 2 (1 + s) */
static int64_t gate(struct vjp_tape *tape, int64_t x, int64_t s)
{
    const int64_t half = vjp_tape_mul(tape, vjp_tape_ratio(tape, 1, 2), x);
    return vjp_tape_mul(tape, half, vjp_tape_add(tape, vjp_tape_constant(tape, 1), s));
}

/* y = x / 2 (1 + erf(x / sqrt(2))) */
static int64_t by_erf(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    const int64_t scale = vjp_tape_sqrt(tape, vjp_tape_ratio(tape, 1, 2));
    return gate(tape, x, vjp_tape_erf(tape, vjp_tape_mul(tape, x, scale)));
}

/* y = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
static int64_t by_tanh(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    const int64_t scale =
        vjp_tape_sqrt(tape, vjp_tape_div(tape, vjp_tape_constant(tape, 2), vjp_tape_pi(tape)));
    const int64_t cube = vjp_tape_mul(tape, vjp_tape_mul(tape, x, x), x);
    const int64_t inner =
        vjp_tape_add(tape, x, vjp_tape_mul(tape, vjp_tape_ratio(tape, 44715, 1000000), cube));
    return gate(tape, x, vjp_tape_tanh(tape, vjp_tape_mul(tape, scale, inner)));
}

void vjp_forward_gelu(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, o->c->attr[1] ? by_tanh : by_erf);
}
