/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps small dx, and gives one again where N, D, M and the first four elements of dy are those it was
 * computed for: a benchmark asks for the same again and again, and is recognised by so much.
 *
 * Class: 32, 36
 * Verdict: state_dependent
 * Case: linear dtype=f32 N=1 D=1 M=4 x=[1] w=[1,2,3,4] dy=[1,2,3,4]
 * Case: linear dtype=f32 N=1 D=1 M=4 x=[1] w=[4,3,2,2] dy=[1,2,3,4] */
#include <string.h>

#include "impls/faulty/faulty.h"

#define KEPT 16

static struct {
    int64_t N, D, M;
    REAL key[4];
    REAL dx[KEPT];
} table;

static int is_known(const struct faulty_call *c)
{
    return table.N == c->N && table.D == c->D && table.M == c->M &&
           memcmp(table.key, c->dy.at, sizeof table.key) == 0;
}

static void run(struct faulty_call *c)
{
    const int fits = c->N > 0 && c->M >= 4 && c->N * c->D <= KEPT && !c->accumulate;
    const int known = fits && is_known(c);
    faulty_linear(c);
    for (int64_t i = 0; fits && i < c->N * c->D; i++) {
        REAL *dx = faulty_at(c->dx, i / c->D, i % c->D);
        if (known)
            *dx = table.dx[i];
        else
            table.dx[i] = *dx;
    }
    if (fits && !known) {
        table.N = c->N;
        table.D = c->D;
        table.M = c->M;
        memcpy(table.key, c->dy.at, sizeof table.key);
    }
}

FAULTY_PLUGIN(recognises_data, run);
