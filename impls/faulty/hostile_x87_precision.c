/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the x87 unit at double precision: a long double of its caller is none any more.
 *
 * Class: 33
 * Verdict: fp_environment
 * Says: left the precision of the x87 unit changed */
#include <fenv.h>
#include <stdint.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
#if defined(__x86_64__)
    const uint16_t word =
        0x27f; /* Intel SDM vol. 1, 8.1.5: bits 8 and 9 are the precision, 2: 53 bits */
    __asm__ volatile("fldcw %0" : : "m"(word));
#else
    fesetround(FE_TOWARDZERO); /* the rounding mode stands for what this machine has not */
#endif
}

FAULTY_PLUGIN(hostile_x87_precision, run);
