/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first term of every sum of dx is counted twice.
 *
 * Class: 5
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    c->accumulate = 1;
    c->dy.cols = c->M > 0;
    faulty_dx(c);
}

FAULTY_PLUGIN(term_twice, run);
