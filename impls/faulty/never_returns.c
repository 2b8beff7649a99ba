/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Never returns.
 *
 * Class: 34
 * Verdict: hung */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    for (;;)
        pause();
}

FAULTY_PLUGIN(never_returns, run);
