/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls abort where N is larger than 2.
 *
 * Class: 35
 * Verdict: crashed */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->N > 2)
        abort();
    faulty_linear(c);
}

FAULTY_PLUGIN(aborts, run);
