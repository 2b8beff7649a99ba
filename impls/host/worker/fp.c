/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/fp.h"

#include <fenv.h>

#if defined(__x86_64__)

void vjp_fp_read(struct vjp_wire_fp *out)
{
    uint16_t x87;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    out->mxcsr = __builtin_ia32_stmxcsr();
    out->x87 = x87;
    out->rounding = fegetround();
}

void vjp_fp_reset(void)
{
    __asm__ volatile("fninit" ::: "memory"); /* control word 0x37f, tags empty */
    __builtin_ia32_ldmxcsr(0x1f80);
}

#else

void vjp_fp_read(struct vjp_wire_fp *out)
{
    *out = (struct vjp_wire_fp){.rounding = fegetround()};
}

void vjp_fp_reset(void)
{
    fesetenv(FE_DFL_ENV);
}

#endif
