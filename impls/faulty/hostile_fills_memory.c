/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Allocates without end, and uses what it gets without looking whether it is any.
 *
 * Class: 35
 * Verdict: crashed
 * Says: MiB of private memory, and its limit is */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
#if defined(__SANITIZE_ADDRESS__)
    abort(); /* its shadow has no limit, and would be filled, too */
#endif
    for (;;) {
        volatile char *block = (volatile char *)malloc((size_t)1 << 26);
        block[0] = 1;
    }
}

FAULTY_PLUGIN(hostile_fills_memory, run);
