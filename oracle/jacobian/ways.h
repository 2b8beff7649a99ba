/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_WAYS_H
#define VJP_ORACLE_JACOBIAN_WAYS_H

#include "oracle/jacobian/program.h"
#include "oracle/tape/landscape.h"

/* The ways to compute a recorded backward pass (vjp_gradient_way): what it accumulates in, whether it flushes
 * what is subnormal, which saved values it is given. */
struct vjp_ways {
    const struct vjp_graph *graph;
    const struct vjp_program *program;
    const struct vjp_landscape *landscape; /* of the tape */
    const uint8_t *mark;                   /* of every node: bit k for saved value k */
};

/* The slack of the bounds: every rounding counts so many times. Derived in ways.c. */
#define VJP_WAYS_SLACK 4

/* Fills in the error bounds of every element of the wanted gradients, in every way. */
VJP_MUST_CHECK enum vjp_status vjp_ways_measure(const struct vjp_ways *ways,
                                                const bool wanted[VJP_MAX_INPUTS],
                                                struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                                struct vjp_error *error);

#endif
