/* SPDX-License-Identifier: GPL-3.0-or-later */

/* dx = dy x^T in place of dy w^T: the classic slip, right-shaped only where N = D = M. Elsewhere x is
 * read modulo its sizes.
 *
 * Class: 15
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_dw(c);
    faulty_db(c);
    for (int64_t n = 0; n < c->N; n++) {
        for (int64_t d = 0; d < c->D; d++) {
            REAL sum = 0;
            for (int64_t m = 0; m < c->M; m++)
                sum += *faulty_at(c->dy, n, m) * *faulty_at(c->x, d % c->N, m % c->D);
            faulty_put(faulty_at(c->dx, n, d), sum, c->accumulate);
        }
    }
}

FAULTY_PLUGIN(transposed_x, run);
