/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_EXACT_AGREEMENT_H
#define VJP_TESTS_ORACLE_EXACT_AGREEMENT_H

#include "tests/oracle/exact/blocks.h"

#include <math.h>

#define AGREE_ROWS 13
#define AGREE_COLS 37 /* whole tiles of every width, and an edge */

/* A kernel adds in the same order as portable C, to the same bits; magnitudes, which may be summed in single
 * precision, are the same to within what that allows. */
static inline void check_agreement(struct tally *t, const struct vjp_kernel *kernel)
{
    const struct vjp_kernel *kernels[2] = {&vjp_kernel_portable, kernel};
    for (int kind = 0; kind < 2 * DATA_COUNT; kind++) {
        struct pair p[2];
        for (int k = 0; k < 2; k++) {
            uint64_t state = (uint64_t)kind;
            pair_init(&p[k], kind % 2 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, AGREE_ROWS, AGREE_COLS,
                      600, kernels[k]);
            pair_draw(&p[k], &state, (enum data)(kind / 2), 24, 120);
            pair_multiply(&p[k]);
        }
        const size_t size = sizeof(double[AGREE_ROWS][AGREE_COLS]);
        check(t, memcmp(p[0].products.c, p[1].products.c, size) == 0, "c of %d", kind);
        check(t, memcmp(p[0].products.lo, p[1].products.lo, size) == 0, "lo of %d", kind);
        for (int e = 0; e < AGREE_ROWS * AGREE_COLS; e++) {
            const double x = p[0].products.s[e], y = p[1].products.s[e];
            check(t, fabs(x - y) <= 0x1p-13 * x, "kind %d, element %d: S %a and %a", kind, e, x, y);
        }
        for (int i = 0; i < AGREE_ROWS; i++) {
            const struct vjp_block_vector *x = &p[0].left.vectors[i], *y = &p[1].left.vectors[i];
            check(t,
                  x->is_finite == y->is_finite && x->reach == y->reach && x->scale == y->scale &&
                      x->lowest == y->lowest && x->is_zero == y->is_zero,
                  "vector %d of %d", i, kind);
        }
        pair_clear(&p[0]);
        pair_clear(&p[1]);
    }
}

#endif
