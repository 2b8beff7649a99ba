/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Maps shared memory without end, which no limit of the process counts, and uses what it gets.
 *
 * Class: 35
 * Verdict: crashed
 * Says: SIGSEGV in run */
#include <stddef.h>
#include <sys/mman.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    for (;;) {
        volatile char *block = (volatile char *)mmap(NULL, (size_t)1 << 28, PROT_READ | PROT_WRITE,
                                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        block[0] = 1;
    }
}

FAULTY_PLUGIN(hostile_shares_pages, run);
