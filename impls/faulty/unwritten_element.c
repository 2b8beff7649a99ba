/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The last column of dx is never written.
 *
 * Class: 19
 * Verdict: unwritten */
#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->D > 0)
        c->dx.cols--;
    faulty_linear(c);
}

FAULTY_PLUGIN(unwritten_element, run);
