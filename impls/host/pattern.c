/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/pattern.h"

#include <string.h>

uint64_t vjp_pattern_canary(enum vjp_dtype dtype, bool output)
{
    /* Inputs with the quiet bit, outputs without it. */
    static const uint64_t canary[VJP_I32 + 1][2] = {
        [VJP_BF16] = {UINT64_C(0x7fe5), UINT64_C(0x7fa6)},
        [VJP_F16] = {UINT64_C(0x7f5a), UINT64_C(0x7da6)},
        [VJP_F32] = {UINT64_C(0x7fe5a5a5), UINT64_C(0x7fa6a5a5)},
        [VJP_F64] = {UINT64_C(0x7ffda5a5a5a5a5a5), UINT64_C(0x7ff5a6a5a5a5a5a5)},
        [VJP_I32] = {UINT64_C(0x00a5a5a5), UINT64_C(0x00a6a5a5)},
    };
    return canary[dtype][output ? 1 : 0];
}

uint64_t vjp_pattern_finite(enum vjp_dtype dtype)
{
    static const uint64_t finite[VJP_I32 + 1] = {
        [VJP_BF16] = UINT64_C(0x41cd),    [VJP_F16] = UINT64_C(0x4e6d),
        [VJP_F32] = UINT64_C(0x41cdb6e5), [VJP_F64] = UINT64_C(0x4039b6db6de5a3c7),
        [VJP_I32] = UINT64_C(0x0019b6e5),
    };
    return finite[dtype];
}

uint64_t vjp_pattern_word(enum vjp_dtype dtype, uint64_t element)
{
    const int bytes = vjp_format(dtype)->bytes;
    if (bytes == 2)
        return element * UINT64_C(0x0001000100010001);
    return bytes == 4 ? element * UINT64_C(0x0000000100000001) : element;
}

void vjp_pattern_spread(enum vjp_dtype dtype, uint64_t element, void *out, int64_t bytes)
{
    const uint64_t word = vjp_pattern_word(dtype, element);
    for (int64_t i = 0; i < bytes; i += (int64_t)sizeof word)
        memcpy((char *)out + i, &word, sizeof word);
}

bool vjp_pattern_is_spread(enum vjp_dtype dtype, uint64_t element, const void *in, int64_t bytes)
{
    const uint64_t word = vjp_pattern_word(dtype, element);
    const int64_t size = (int64_t)sizeof word;
    if (bytes == 0)
        return true;
    /* What equals itself moved by one word repeats its first word. */
    return memcmp(in, &word, sizeof word) == 0 &&
           memcmp(in, (const char *)in + size, (size_t)(bytes - size)) == 0;
}
