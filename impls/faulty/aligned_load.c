/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Loads the first four elements of dy by an instruction that needs 16-byte alignment, and does not
 * say so in its descriptor.
 *
 * Class: 18
 * Verdict: crashed
 * Case: linear dtype=f32 N=1 D=1 M=4 x=[1] w=[1,1,1,1] dy=[1,2,3,4] dy.align=4 */
#include <stdlib.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    if (c->N > 0 && c->M >= 4) {
#if defined(__x86_64__)
        struct vector {
            REAL lane[4];
        };
        const struct vector *first = (const struct vector *)c->dy.at;
        __asm__ volatile("movaps %0, %%xmm0" : : "m"(*first) : "xmm0");
#else
        if ((uintptr_t)c->dy.at % 16 != 0)
            abort();
#endif
    }
    faulty_linear(c);
}

FAULTY_PLUGIN(aligned_load, run);
