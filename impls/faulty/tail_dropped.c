/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sums of dx end at the last multiple of 8 terms: the tail of M is dropped.
 *
 * Class: 4
 * Verdict: wrong */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_dw(c);
    faulty_db(c);
    c->dy.cols -= c->M % 8;
    faulty_dx(c);
}

FAULTY_PLUGIN(tail_dropped, run);
