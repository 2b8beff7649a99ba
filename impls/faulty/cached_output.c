/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps the values of small dx, and gives them again where a dx of the same address and shape is
 * asked for: the answer of another case.
 *
 * Class: 32
 * Verdict: state_dependent */
#include "impls/faulty/faulty.h"

enum { ENTRIES = 256, VALUES = 64 };

struct entry {
    const REAL *at;
    int64_t rows, cols;
    REAL value[VALUES];
};

static struct entry *look_up(struct faulty_matrix m)
{
    static struct entry cache[ENTRIES];
    int i = 0;
    while (i < ENTRIES - 1 && cache[i].at &&
           !(cache[i].at == m.at && cache[i].rows == m.rows && cache[i].cols == m.cols))
        i++;
    return &cache[i];
}

static void run(struct faulty_call *c)
{
    faulty_dw(c);
    faulty_db(c);
    if (c->accumulate || c->N > VALUES || c->D > VALUES || c->N * c->D > VALUES) {
        faulty_dx(c);
        return;
    }
    struct entry *e = look_up(c->dx);
    const struct faulty_matrix kept = {e->value, c->N, c->D, c->D, 1};
    if (!e->at) {
        const struct faulty_matrix dx = c->dx;
        *e = (struct entry){.at = dx.at, .rows = c->N, .cols = c->D};
        c->dx = kept;
        faulty_dx(c);
        c->dx = dx;
    }
    for (int64_t n = 0; n < c->N; n++)
        for (int64_t d = 0; d < c->D; d++)
            *faulty_at(c->dx, n, d) = *faulty_at(kept, n, d);
}

FAULTY_PLUGIN(cached_output, run);
