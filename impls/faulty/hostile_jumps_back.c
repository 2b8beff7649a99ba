/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Jumps into a function that has returned already: what it finds there is another function's.
 *
 * Class: 35
 * Verdict: crashed
 * Says: in run */
#include <setjmp.h>

#include "impls/faulty/faulty.h"

static jmp_buf earlier;

__attribute__((noinline)) static void mark(void)
{
    (void)setjmp(earlier);
}

/* Leaves an address on the stack, at which nothing is, wherever the other one had its own. */
__attribute__((noinline)) static void tread(void)
{
    uintptr_t frame[256];
    for (int i = 0; i < 256; i++)
        frame[i] = 64;
    __asm__ volatile("" : : "r"(frame) : "memory");
}

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    mark();
    tread();
    longjmp(earlier, 1);
}

FAULTY_PLUGIN(hostile_jumps_back, run);
