/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/extract.h"

#include "cases/base/dtype.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What the bodies in extract.inc share. */
#define BODY static inline __attribute__((always_inline))

/* Below this a product's error might have bits below 2^-1074, which no double holds: the error's last
 * bit is at most 105 places below the product's first. */
#define EXACT_FROM 0x1p-960
/* Magnitudes of which split takes up to four times. */
#define EXACT_TO   0x1p1000

/* Of the second splitter to the first (split). */
#define SECOND (0x1p-52 * VJP_EXTRACT_MAX)

/* out = a, followed by zeros up to a step. */
BODY void pad(double out[VJP_EXTRACT_STEP], const double *a, int n)
{
    memset(out, 0, VJP_EXTRACT_STEP * sizeof *out);
    memcpy(out, a, (size_t)n * sizeof *out);
}

/* A power of two s with 2 m < s <= 4 m, or 2^-1021 where m is subnormal. */
BODY double above(double m)
{
    return vjp_bits_double(((vjp_double_bits(m) >> 52) + 2) << 52);
}

/* The bodies for vectors of so many doubles, compiled for any machine, for those with AVX2 and FMA, and for those with
 * AVX-512. A vector is as long as a register is where there are such: gcc 12 keeps longer ones in memory. */
#define NAME(body) body##_portable
#define TARGET
#define WIDTH 2
#include "oracle/exact/extract.inc"
#undef NAME
#undef TARGET
#undef WIDTH

#ifdef __x86_64__
#define NAME(body) body##_avx2
#define TARGET     __attribute__((target("avx2,fma")))
#define WIDTH      4
#include "oracle/exact/extract.inc"
#undef NAME
#undef TARGET
#undef WIDTH

#define NAME(body) body##_avx512
#define TARGET     __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define WIDTH      8
#include "oracle/exact/extract.inc"
#undef NAME
#undef TARGET
#undef WIDTH
#endif

const struct vjp_extract *vjp_extract_get(bool portable)
{
#ifdef __x86_64__
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (!portable && has_avx2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq"))
        return &extract_avx512;
    if (!portable && has_avx2)
        return &extract_avx2;
#endif
    (void)portable;
    return &extract_portable;
}
