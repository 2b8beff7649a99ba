/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Allocates without end, and uses what it gets without looking whether it is any.
 *
 * Verdict: crashed
 * Says: limit of memory */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    for (;;) {
        volatile char *block = (volatile char *)malloc((size_t)1 << 26);
        block[0] = 1;
    }
}

FAULTY_PLUGIN(hostile_fills_memory, run);
