/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Negates x for the time of the call, and restores it.
 *
 * Class: 20
 * Verdict: input_modified */
#include "impls/faulty/faulty.h"

static REAL subtract_term(REAL sum, REAL a, REAL b)
{
    return sum - a * b;
}

static void negate(struct faulty_matrix m)
{
    for (int64_t i = 0; i < m.rows; i++)
        for (int64_t j = 0; j < m.cols; j++)
            *faulty_at(m, i, j) *= -1;
}

static void run(struct faulty_call *c)
{
    faulty_dx(c);
    faulty_db(c);
    negate(c->x);
    c->add_term = subtract_term;
    faulty_dw(c);
    negate(c->x);
}

FAULTY_PLUGIN(clobbers_input, run);
