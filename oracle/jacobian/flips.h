/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_FLIPS_H
#define VJP_ORACLE_JACOBIAN_FLIPS_H

#include "oracle/jacobian/gradient.h"
#include "oracle/tape/influence.h"

/* Kinks that rounding may decide otherwise: the sign of x w + b is not that of what a kernel computes
 * where the sum is smaller than its error. A kernel that then takes the other side is right as far as
 * it can know. A kink whose margin is a difference of operands is none of these. */
struct vjp_flips {
    struct vjp_flip_kink {
        int64_t partial;
        struct vjp_flip flip; /* its change is that of the partial derivative */
    } * kink;
    int64_t count;
};

/* Sweeps once from every kink's margin. */
VJP_MUST_CHECK enum vjp_status vjp_flips_init(struct vjp_flips *out, const struct vjp_tape *tape,
                                              struct vjp_influence *influence,
                                              struct vjp_error *error);
void vjp_flips_clear(struct vjp_flips *flips);

/* Those that the gradient in a lane of the last sweep depends on, into its sensitivity. */
VJP_MUST_CHECK enum vjp_status vjp_flips_find(const struct vjp_flips *flips,
                                              const struct vjp_influence *influence, int lane,
                                              struct vjp_sensitivity *out, struct vjp_error *error);

#endif
